-- Who made a key or a setup link, where a person did: a link counts no longer than they are an administrator.
ALTER TABLE "api_keys" ADD COLUMN "created_by" UUID;
ALTER TABLE "setup_links" ADD COLUMN "created_by" UUID;

UPDATE "api_keys" k SET "created_by" = e."actor_id"::uuid
FROM "events" e
WHERE e."type" = 'api_key.created' AND e."actor_type" = 'user' AND e."resource_id" = k."id"::text;

UPDATE "setup_links" l SET "created_by" = e."actor_id"::uuid
FROM "events" e
WHERE e."type" = 'setup_link.created' AND e."actor_type" = 'user' AND e."resource_id" = l."id"::text;
