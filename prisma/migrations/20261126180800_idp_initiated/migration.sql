-- AlterTable
ALTER TABLE "applications" ADD COLUMN     "initiate_login_uri" TEXT,
ADD COLUMN     "target_uris" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- AlterTable
ALTER TABLE "login_requests" ALTER COLUMN "interaction_id" DROP NOT NULL;

-- CreateTable
CREATE TABLE "waiting_sessions" (
    "digest" BYTEA NOT NULL,
    "organization_id" UUID NOT NULL,
    "application_id" UUID NOT NULL,
    "session_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "waiting_sessions_pkey" PRIMARY KEY ("digest")
);

-- CreateIndex
CREATE INDEX "waiting_sessions_expires_at_idx" ON "waiting_sessions"("expires_at");

-- CreateIndex
CREATE INDEX "login_requests_idp_initiated" ON "login_requests"("browser_digest") WHERE (interaction_id IS NULL);

-- AddForeignKey
ALTER TABLE "waiting_sessions" ADD CONSTRAINT "waiting_sessions_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "waiting_sessions" ADD CONSTRAINT "waiting_sessions_application_id_fkey" FOREIGN KEY ("application_id") REFERENCES "applications"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "waiting_sessions" ADD CONSTRAINT "waiting_sessions_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "sessions"("id") ON DELETE CASCADE ON UPDATE CASCADE;
