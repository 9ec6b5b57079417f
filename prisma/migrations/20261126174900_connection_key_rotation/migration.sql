-- AlterTable
ALTER TABLE "connection_keys" ADD COLUMN     "metadata_read_at" TIMESTAMPTZ(3),
ADD COLUMN     "signs" BOOLEAN NOT NULL DEFAULT false,
ALTER COLUMN "private_key" DROP NOT NULL;

-- The newest signed so far, and was in the metadata from its first minute.
UPDATE "connection_keys" SET "signs" = true, "metadata_read_at" = "created_at"
WHERE "id" IN (
  SELECT DISTINCT ON ("connection_id") "id" FROM "connection_keys" WHERE "retired_at" IS NULL
  ORDER BY "connection_id", "created_at" DESC, "id" DESC
);
UPDATE "connection_keys" SET "private_key" = NULL WHERE "retired_at" IS NOT NULL;

-- Whoever reads the table later finds no private key of a retired one, and none of those signs.
ALTER TABLE "connection_keys" ADD CONSTRAINT "connection_keys_retired_wiped"
  CHECK ("retired_at" IS NULL OR ("private_key" IS NULL AND NOT "signs"));
ALTER TABLE "connection_keys" ADD CONSTRAINT "connection_keys_live_whole"
  CHECK ("retired_at" IS NOT NULL OR "private_key" IS NOT NULL);

-- CreateIndex
CREATE UNIQUE INDEX "connection_keys_signing" ON "connection_keys"("connection_id") WHERE (signs);
