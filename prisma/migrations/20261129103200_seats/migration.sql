-- Who waits for a seat, the longest first; and how many seats are used.
ALTER TABLE "memberships" ADD COLUMN "waiting_since" TIMESTAMPTZ(3);
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_waits_since" CHECK (("status" = 'waiting') = ("waiting_since" IS NOT NULL));
CREATE INDEX "memberships_waiting" ON "memberships"("organization_id", "waiting_since", "id") WHERE (status = 'waiting'::membership_status);
CREATE INDEX "memberships_active" ON "memberships"("organization_id") WHERE (status = 'active'::membership_status);
