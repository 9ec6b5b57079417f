-- Which limit a group exceeds with the groups that it is in: administrators are told that those beyond it do not count.

CREATE TYPE "nesting_limit" AS ENUM ('depth', 'ancestors', 'parents');

ALTER TABLE "directory_groups" ADD COLUMN     "nesting_limit" "nesting_limit";

CREATE INDEX "directory_groups_nesting_limited" ON "directory_groups"("organization_id") WHERE (nesting_limit IS NOT NULL);

-- The groups that are at a limit already are looked at again.
INSERT INTO "dirty_directory_groups" ("organization_id", "directory_group_id", "marked_at")
SELECT "organization_id", "group_id", now() FROM "directory_group_ancestors"
GROUP BY 1, 2 HAVING max("depth") >= 32 OR count(*) >= 256
UNION
SELECT "organization_id", "member_group_id", now() FROM "directory_group_nestings"
GROUP BY 1, 2 HAVING count(*) > 100;
