-- CreateTable
CREATE TABLE "logout_requests" (
    "id" TEXT NOT NULL,
    "organization_id" UUID NOT NULL,
    "connection_id" UUID NOT NULL,
    "session_id" UUID NOT NULL,
    "browser_digest" BYTEA NOT NULL,
    "target" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "logout_requests_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "logout_requests_expires_at_idx" ON "logout_requests"("expires_at");

-- AddForeignKey
ALTER TABLE "logout_requests" ADD CONSTRAINT "logout_requests_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "logout_requests" ADD CONSTRAINT "logout_requests_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Sessions that an IdP names by NameID when it signs somebody out. Cut, because an index entry has its limit and a
-- NameID has none. Without revoked_at, so that a revocation stays an update in place.
CREATE INDEX "sessions_idp_name_id" ON "sessions" ("connection_id", left("idp_session"->>'nameId', 255))
  WHERE "idp_session"->>'nameId' IS NOT NULL;
