-- AlterTable
ALTER TABLE "directory_tokens" ADD COLUMN     "client_id" UUID;

-- CreateTable
CREATE TABLE "directory_clients" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "directory_id" UUID NOT NULL,
    "secret_digest" BYTEA NOT NULL,
    "hint" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "directory_clients_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "directory_clients_directory_id_idx" ON "directory_clients"("directory_id");

-- CreateIndex
CREATE INDEX "directory_tokens_client_id_idx" ON "directory_tokens"("client_id");

-- CreateIndex
CREATE INDEX "directory_tokens_issued" ON "directory_tokens"("expires_at") WHERE (client_id IS NOT NULL);

-- AddForeignKey
ALTER TABLE "directory_tokens" ADD CONSTRAINT "directory_tokens_client_id_fkey" FOREIGN KEY ("client_id") REFERENCES "directory_clients"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "directory_clients" ADD CONSTRAINT "directory_clients_directory_id_fkey" FOREIGN KEY ("directory_id") REFERENCES "directories"("id") ON DELETE CASCADE ON UPDATE CASCADE;
