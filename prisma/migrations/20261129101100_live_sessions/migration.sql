-- How many are signed in by a connection: counted of those that have not expired, however many have.
CREATE INDEX sessions_live ON sessions (connection_id, expires_at) WHERE (revoked_at IS NULL);
