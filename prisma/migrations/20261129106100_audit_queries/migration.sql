-- AlterTable
ALTER TABLE "audit_verifications" ADD COLUMN     "seen_at" TIMESTAMPTZ(3);

-- CreateIndex
CREATE INDEX "events_organization_id_type_created_at_id_idx" ON "events"("organization_id", "type", "created_at", "id");

-- CreateIndex
CREATE INDEX "events_organization_id_actor_type_created_at_id_idx" ON "events"("organization_id", "actor_type", "created_at", "id");

-- CreateIndex
CREATE INDEX "events_organization_id_actor_id_created_at_id_idx" ON "events"("organization_id", "actor_id", "created_at", "id") WHERE (actor_id IS NOT NULL);

-- CreateIndex
CREATE INDEX "events_organization_id_resource_id_created_at_id_idx" ON "events"("organization_id", "resource_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "events_not_successful" ON "events"("organization_id", "outcome", "created_at", "id") WHERE (outcome <> 'success');

-- CreateIndex
CREATE INDEX "events_request_id_idx" ON "events"("request_id") WHERE (request_id IS NOT NULL);
