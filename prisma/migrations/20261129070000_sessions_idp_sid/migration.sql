-- Sessions that an OpenID Provider names by `sid` when it signs somebody out. Without revoked_at, so that a revocation
-- stays an update in place.
CREATE INDEX "sessions_idp_sid" ON "sessions" ("connection_id", ("idp_session"->>'sid'))
  WHERE "idp_session"->>'sid' IS NOT NULL;
