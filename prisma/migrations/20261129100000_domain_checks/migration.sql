-- A domain's record is looked for by itself, too, until the domain is a week old.
CREATE TYPE "domain_check_outcome" AS ENUM ('missing', 'unavailable', 'taken');

ALTER TABLE "domains"
    ADD COLUMN "check_outcome" "domain_check_outcome",
    ADD COLUMN "checked_at" TIMESTAMPTZ(3),
    ADD COLUMN "next_check_at" TIMESTAMPTZ(3);

UPDATE "domains" SET "next_check_at" = now()
WHERE "verified_name" IS NULL AND "created_at" > now() - interval '7 days';

CREATE INDEX "domains_next_check_at_idx" ON "domains"("next_check_at");
