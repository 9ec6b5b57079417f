-- Who may use the console: the organization whose members may be operators, people's roles, and their sessions.
ALTER TABLE organizations ADD COLUMN for_operators boolean NOT NULL DEFAULT false;

CREATE UNIQUE INDEX organizations_for_operators ON organizations (for_operators) WHERE (for_operators);

CREATE TABLE console_roles (
    membership_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    role text NOT NULL,
    created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT console_roles_pkey PRIMARY KEY (membership_id),
    CONSTRAINT console_roles_role_check CHECK (role IN ('operator', 'organizationAdmin', 'organizationViewer')),
    CONSTRAINT console_roles_organization_id_fkey FOREIGN KEY (organization_id)
        REFERENCES organizations (id) ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT console_roles_membership_id_fkey FOREIGN KEY (membership_id)
        REFERENCES memberships (id) ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE INDEX console_roles_organization_id_idx ON console_roles (organization_id);

CREATE TABLE console_sessions (
    id uuid NOT NULL,
    digest bytea NOT NULL,
    organization_id uuid,
    session_id uuid,
    grant_reference text,
    created_at timestamptz(3) NOT NULL,
    last_used_at timestamptz(3) NOT NULL,
    expires_at timestamptz(3) NOT NULL,
    CONSTRAINT console_sessions_pkey PRIMARY KEY (id),
    -- By a sign-in to an organization, or by the root key, which has neither.
    CONSTRAINT console_sessions_by_check CHECK ((session_id IS NULL) = (organization_id IS NULL)),
    CONSTRAINT console_sessions_organization_id_fkey FOREIGN KEY (organization_id)
        REFERENCES organizations (id) ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT console_sessions_session_id_fkey FOREIGN KEY (session_id)
        REFERENCES sessions (id) ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE UNIQUE INDEX console_sessions_digest_key ON console_sessions (digest);

CREATE INDEX console_sessions_organization_id_idx ON console_sessions (organization_id);

CREATE INDEX console_sessions_session_id_idx ON console_sessions (session_id);

CREATE INDEX console_sessions_expires_at_idx ON console_sessions (expires_at);
