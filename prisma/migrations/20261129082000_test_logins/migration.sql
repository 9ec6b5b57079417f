-- A login that tries a connection out and signs nobody in: by whoever opens its link, before the connection is active.
CREATE TABLE test_logins (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    connection_id uuid NOT NULL,
    digest bytea NOT NULL,
    record_id uuid,
    identity jsonb,
    created_at timestamptz(3) NOT NULL,
    expires_at timestamptz(3) NOT NULL,
    CONSTRAINT test_logins_pkey PRIMARY KEY (id),
    CONSTRAINT test_logins_organization_id_fkey FOREIGN KEY (organization_id)
        REFERENCES organizations (id) ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT test_logins_connection_id_fkey FOREIGN KEY (connection_id)
        REFERENCES connections (id) ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE UNIQUE INDEX test_logins_digest_key ON test_logins (digest);

CREATE INDEX test_logins_expires_at_idx ON test_logins (expires_at);
