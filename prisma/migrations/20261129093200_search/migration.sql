-- Search: by how an address or a name begins (LIKE takes these operator classes, and so does equality), and what failed by
-- its request id. What succeeds is in neither of the last two.
DROP INDEX users_organization_id_email_idx;
CREATE INDEX users_organization_id_email_idx ON users (organization_id, email text_pattern_ops);

CREATE INDEX users_organization_id_lower_name ON users (organization_id, lower(name) text_pattern_ops);

CREATE INDEX login_records_failed_request ON login_records (request_id) WHERE (outcome = 'failure');

CREATE INDEX scim_requests_failed_request ON scim_requests (request_id) WHERE (status >= 400);
