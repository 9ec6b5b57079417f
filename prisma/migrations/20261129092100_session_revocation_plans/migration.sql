-- What was deleted is joined row by row, by the indexes: a transition table has no statistics, and OFFSET keeps the planner
-- from reading all sessions for it.
CREATE OR REPLACE FUNCTION memberships_log_deletion() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM log_session_end(s.id) FROM deleted CROSS JOIN LATERAL (
    SELECT id FROM sessions
    WHERE user_id = deleted.user_id AND organization_id = deleted.organization_id
      AND revoked_at IS NULL AND expires_at > now()
    OFFSET 0) s;
  RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION role_bindings_log_loss() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO session_revocations (session_id)
  SELECT DISTINCT s.id FROM lost
  CROSS JOIN LATERAL (SELECT user_id, organization_id FROM memberships WHERE id = lost.membership_id OFFSET 0) m
  CROSS JOIN LATERAL (
    SELECT id FROM sessions
    WHERE user_id = m.user_id AND organization_id = m.organization_id AND revoked_at IS NULL AND expires_at > now()
    OFFSET 0) s;
  RETURN NULL;
END
$$;
