-- CreateTable
CREATE TABLE "audit_anchor_places" (
    "destination" TEXT NOT NULL,
    "tried_at" TIMESTAMPTZ(3) NOT NULL,
    "failing_since" TIMESTAMPTZ(3),
    "last_error" TEXT,

    CONSTRAINT "audit_anchor_places_pkey" PRIMARY KEY ("destination")
);
