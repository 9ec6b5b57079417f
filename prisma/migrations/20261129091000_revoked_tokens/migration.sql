-- Tokens that ended by themselves have a table of their own, which domain/sessions alone writes.
-- CreateTable
CREATE TABLE "revoked_tokens" (
    "digest" BYTEA NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "revoked_tokens_pkey" PRIMARY KEY ("digest")
);

-- CreateIndex
CREATE INDEX "revoked_tokens_expires_at_idx" ON "revoked_tokens"("expires_at");

INSERT INTO "revoked_tokens" ("digest", "expires_at")
SELECT "digest", "expires_at" FROM "op_artifacts" WHERE "kind" = 'RevokedToken' AND "expires_at" IS NOT NULL;
DELETE FROM "op_artifacts" WHERE "kind" = 'RevokedToken';
