-- What was left out of what a SCIM request asked for, and why.
ALTER TABLE "scim_requests" ADD COLUMN "notes" JSON;

-- Space around a group's name is no part of it any more, neither stored nor searched for.
WITH renamed AS (
  UPDATE "directory_groups"
  SET "display_name" = btrim("display_name", E' \t\r\n'), "display_name_key" = btrim("display_name_key", E' \t\r\n')
  WHERE "deleted_at" IS NULL AND "display_name" <> btrim("display_name", E' \t\r\n')
    AND btrim("display_name", E' \t\r\n') <> ''
  RETURNING "organization_id", "id"
)
INSERT INTO "dirty_directory_groups" ("organization_id", "directory_group_id", "marked_at")
SELECT "organization_id", "id", now() FROM renamed;
