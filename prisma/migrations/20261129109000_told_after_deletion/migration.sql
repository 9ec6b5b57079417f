-- What is still to be told of an organization outlives it: its events, deliveries of them, and back-channel logouts.

-- DropForeignKey
ALTER TABLE "events" DROP CONSTRAINT "events_organization_id_fkey";

-- DropForeignKey
ALTER TABLE "webhook_deliveries" DROP CONSTRAINT "webhook_deliveries_organization_id_fkey";

-- CreateTable
CREATE TABLE "deleted_organizations" (
    "id" UUID NOT NULL,
    "deleted_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "deleted_organizations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "logout_notices" (
    "session_id" UUID NOT NULL,
    "application_id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "logout_notices_pkey" PRIMARY KEY ("session_id","application_id")
);

-- Whoever is still to be told is told.
INSERT INTO "logout_notices" (session_id, application_id, organization_id, user_id, due_at, attempts)
SELECT sa.session_id, sa.application_id, s.organization_id, s.user_id, sa.logout_pending_at, sa.logout_attempts
FROM "session_applications" sa JOIN "sessions" s ON s.id = sa.session_id
WHERE sa.logout_pending_at IS NOT NULL;

-- CreateIndex
CREATE INDEX "logout_notices_due_at_idx" ON "logout_notices"("due_at");

-- CreateIndex
CREATE INDEX "logout_notices_organization_id_idx" ON "logout_notices"("organization_id");

-- AddForeignKey
ALTER TABLE "logout_notices" ADD CONSTRAINT "logout_notices_application_id_fkey" FOREIGN KEY ("application_id") REFERENCES "applications"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- DropIndex
DROP INDEX "session_applications_logout_pending";

-- AlterTable
ALTER TABLE "session_applications" DROP COLUMN "logout_attempts",
DROP COLUMN "logout_pending_at";

-- CreateIndex: who is to be told of the end of a session whose row is gone
CREATE INDEX "session_revocations_session_id_idx" ON "session_revocations"("session_id");
