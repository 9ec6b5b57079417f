-- Settings of a connection beside those that logins use: a draft that is being tried out, and what the last draft replaced.
CREATE TABLE connection_versions (
    connection_id uuid NOT NULL,
    kind text NOT NULL,
    organization_id uuid NOT NULL,
    version uuid NOT NULL,
    provider text NOT NULL,
    settings jsonb NOT NULL,
    created_at timestamptz(3) NOT NULL,
    CONSTRAINT connection_versions_pkey PRIMARY KEY (connection_id, kind),
    CONSTRAINT connection_versions_kind_check CHECK (kind IN ('draft', 'replaced')),
    CONSTRAINT connection_versions_organization_id_fkey FOREIGN KEY (organization_id)
        REFERENCES organizations (id) ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT connection_versions_connection_id_fkey FOREIGN KEY (connection_id)
        REFERENCES connections (id) ON DELETE CASCADE ON UPDATE CASCADE
);

-- The draft that a test is of; null: the connection as it is.
ALTER TABLE test_logins ADD COLUMN draft_version uuid;
