-- AlterTable
ALTER TABLE "api_keys" ADD COLUMN     "permissions" JSONB;
