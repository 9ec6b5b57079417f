-- The address by which a customer's IdP admin sets up their own connection, directory or domain.
CREATE TABLE setup_links (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    name text NOT NULL,
    intents text[],
    digest bytea NOT NULL,
    connection_id uuid NOT NULL,
    progress jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    expires_at timestamptz(3) NOT NULL,
    last_used_at timestamptz(3),
    revoked_at timestamptz(3),
    CONSTRAINT setup_links_pkey PRIMARY KEY (id),
    CONSTRAINT setup_links_organization_id_fkey FOREIGN KEY (organization_id)
        REFERENCES organizations (id) ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE UNIQUE INDEX setup_links_digest_key ON setup_links (digest);

CREATE INDEX setup_links_organization_id_id_idx ON setup_links (organization_id, id);
