-- Statistics count by the index alone: the rows are wide, and there may be a million of them.
DROP INDEX login_records_connection_id_created_at_id_idx;
CREATE INDEX login_records_connection_id_created_at_id_idx ON login_records (connection_id, created_at, id)
    INCLUDE (outcome, error_code);

DROP INDEX scim_requests_directory_id_created_at_id_idx;
CREATE INDEX scim_requests_directory_id_created_at_id_idx ON scim_requests (directory_id, created_at, id)
    INCLUDE (method, status);
