-- AlterTable
ALTER TABLE "connection_metadata" ADD COLUMN "asked_at" TIMESTAMPTZ(3);
