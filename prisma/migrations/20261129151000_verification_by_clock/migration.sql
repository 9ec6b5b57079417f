-- AlterTable
ALTER TABLE "audit_verifications" ADD COLUMN     "by_clock" BOOLEAN NOT NULL DEFAULT false;
