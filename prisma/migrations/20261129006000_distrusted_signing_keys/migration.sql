-- A key that somebody else may have is taken back: nothing of its private half stays.
ALTER TABLE "signing_keys" ADD COLUMN "distrusted_at" TIMESTAMPTZ(3),
  ALTER COLUMN "private_jwk" DROP NOT NULL,
  ADD CONSTRAINT "signing_keys_distrusted" CHECK ((private_jwk IS NULL) = (distrusted_at IS NOT NULL));
