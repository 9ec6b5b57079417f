-- Lists of the console: organizations in their order, conflicts that are open, and the sessions of a connection.
CREATE INDEX organizations_created_at_id_idx ON organizations (created_at, id);

CREATE INDEX conflicts_open ON conflicts (organization_id) WHERE (resolved_at IS NULL);

CREATE INDEX sessions_connection_id_created_at_id_idx ON sessions (connection_id, created_at, id);
