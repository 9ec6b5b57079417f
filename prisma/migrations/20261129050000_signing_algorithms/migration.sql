-- Applications that exist verify ES256, which was the only algorithm: they go on with it. New ones begin with RS256, as
-- OpenID Connect Dynamic Client Registration 1.0 has it.
ALTER TABLE "applications" ADD COLUMN "id_token_signing_alg" TEXT NOT NULL DEFAULT 'ES256',
  ADD COLUMN "access_token_signing_alg" TEXT NOT NULL DEFAULT 'ES256',
  ADD CONSTRAINT "applications_signing_algs"
    CHECK (id_token_signing_alg IN ('RS256', 'ES256') AND access_token_signing_alg IN ('RS256', 'ES256'));
ALTER TABLE "applications" ALTER COLUMN "id_token_signing_alg" SET DEFAULT 'RS256';
