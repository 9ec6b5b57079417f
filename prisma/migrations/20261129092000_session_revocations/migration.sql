-- Every end of a session, in order of nothing: a reader keeps the snapshot of its last look, and by the transactions knows
-- what has committed since. The triggers below write it, so that nothing that ends a session can leave it out.
-- CreateTable
CREATE TABLE "session_revocations" (
    "serial" BIGSERIAL NOT NULL,
    "session_id" UUID NOT NULL,
    "application_id" UUID,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "transaction" xid8 NOT NULL DEFAULT pg_current_xact_id(),

    CONSTRAINT "session_revocations_pkey" PRIMARY KEY ("serial")
);

-- CreateIndex
CREATE INDEX "session_revocations_transaction_idx" ON "session_revocations"("transaction");

-- CreateIndex
CREATE INDEX "session_revocations_application_id_transaction_serial_idx" ON "session_revocations"("application_id", "transaction", "serial");

-- CreateIndex
CREATE INDEX "session_revocations_at_idx" ON "session_revocations"("at");

-- Whoever follows is woken with the commit: once for each transaction, however many ended.
CREATE FUNCTION session_revocations_notify() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('session_revocations', '');
  RETURN NULL;
END
$$;
CREATE TRIGGER session_revocations_notify AFTER INSERT ON session_revocations
  FOR EACH STATEMENT EXECUTE FUNCTION session_revocations_notify();

-- A row for each application that has tokens of the session; one without an application where there is none.
CREATE FUNCTION log_session_end(ended uuid) RETURNS void LANGUAGE sql AS $$
  INSERT INTO session_revocations (session_id, application_id)
  SELECT ended, a.application_id
  FROM (SELECT 1) once LEFT JOIN session_applications a ON a.session_id = ended
$$;

CREATE FUNCTION sessions_log_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM log_session_end(OLD.id);
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER sessions_log_revocation AFTER UPDATE OF revoked_at ON sessions
  FOR EACH ROW WHEN (OLD.revoked_at IS NULL AND NEW.revoked_at IS NOT NULL) EXECUTE FUNCTION sessions_log_end();
-- Before: its applications go with it. Also where it goes with its organization or user.
CREATE TRIGGER sessions_log_deletion BEFORE DELETE ON sessions
  FOR EACH ROW WHEN (OLD.revoked_at IS NULL AND OLD.expires_at > now()) EXECUTE FUNCTION sessions_log_end();

-- A session also ends with its membership and with its connection. Whoever ends one of these revokes the sessions, too;
-- at the commit whatever was left is told all the same.
CREATE FUNCTION memberships_log_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM log_session_end(s.id) FROM sessions s
  WHERE s.user_id = OLD.user_id AND s.organization_id = OLD.organization_id
    AND s.revoked_at IS NULL AND s.expires_at > now();
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER memberships_log_end AFTER UPDATE OF status, directory ON memberships
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.status = 'active' AND OLD.directory IS DISTINCT FROM 'ended'
        AND (NEW.status <> 'active' OR NEW.directory IS NOT DISTINCT FROM 'ended'))
  EXECUTE FUNCTION memberships_log_end();
CREATE FUNCTION memberships_log_deletion() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM log_session_end(s.id) FROM deleted
  JOIN sessions s ON s.user_id = deleted.user_id AND s.organization_id = deleted.organization_id
    AND s.revoked_at IS NULL AND s.expires_at > now();
  RETURN NULL;
END
$$;
CREATE TRIGGER memberships_log_deletion AFTER DELETE ON memberships REFERENCING OLD TABLE AS deleted
  FOR EACH STATEMENT EXECUTE FUNCTION memberships_log_deletion();

CREATE FUNCTION connections_log_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM log_session_end(s.id) FROM sessions s
  WHERE s.organization_id = OLD.organization_id AND s.connection_id = OLD.id
    AND s.revoked_at IS NULL AND s.expires_at > now();
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER connections_log_end AFTER UPDATE OF status ON connections
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.status = 'active' AND NEW.status <> 'active')
  EXECUTE FUNCTION connections_log_end();
CREATE CONSTRAINT TRIGGER connections_log_deletion AFTER DELETE ON connections
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.status = 'active') EXECUTE FUNCTION connections_log_end();

-- An application that is given tokens while the session ends: it holds the session's row (FOR SHARE), so the end either
-- comes later and sees it, or was before and is told here.
CREATE FUNCTION session_applications_log_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO session_revocations (session_id, application_id)
  SELECT s.id, NEW.application_id FROM sessions s WHERE s.id = NEW.session_id AND s.revoked_at IS NOT NULL;
  RETURN NULL;
END
$$;
CREATE TRIGGER session_applications_log_end AFTER INSERT ON session_applications
  FOR EACH ROW EXECUTE FUNCTION session_applications_log_end();

-- A role that was lost ends no session, and no application is told; whoever remembers the session asks anew.
CREATE FUNCTION role_bindings_log_loss() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO session_revocations (session_id)
  SELECT DISTINCT s.id FROM lost
  JOIN memberships m ON m.id = lost.membership_id
  JOIN sessions s ON s.user_id = m.user_id AND s.organization_id = m.organization_id
    AND s.revoked_at IS NULL AND s.expires_at > now();
  RETURN NULL;
END
$$;
CREATE TRIGGER role_bindings_log_loss AFTER DELETE ON role_bindings REFERENCING OLD TABLE AS lost
  FOR EACH STATEMENT EXECUTE FUNCTION role_bindings_log_loss();
