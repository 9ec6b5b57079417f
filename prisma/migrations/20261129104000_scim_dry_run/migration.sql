-- Requests that were only tried: answered as they would have been, and nothing changed.
ALTER TABLE "scim_requests" ADD COLUMN "dry_run" BOOLEAN NOT NULL DEFAULT false;
