-- Null: the identity provider does not tell when the person authenticated.
ALTER TABLE "sessions" ALTER COLUMN "auth_time" DROP NOT NULL;

-- Until now the time of the ID token stood in for it, and nobody can tell any more where it did.
UPDATE "sessions" s SET "auth_time" = NULL
FROM "connections" c
WHERE c."id" = s."connection_id" AND c."type" = 'oidc' AND s."expires_at" > now();
