import { z } from "zod";

const days = z.int().min(0).max(36_500);

const periods = {
  deletedPeople: days.nullable().meta({
    description: "Days from a person's deletion, by a directory or by hand, to their erasure. Null: never.",
  }),
  loginRecords: days.min(1).meta({ description: "Days that login records are kept." }),
  scimRequests: days
    .min(1)
    .meta({ description: "Days that requests of directories are kept, with their bodies." }),
  sessions: days.min(1).meta({ description: "Days that sessions are kept behind their end." }),
  auditEvents: days
    .min(1)
    .nullable()
    .meta({ description: "Days that audit events are kept. Null: for ever." }),
};

export const newRetention = z.strictObject(periods).meta({ id: "NewRetention" });

const bound = z.object({
  least: z.int(),
  most: z.int().nullable().meta({ description: "Null: no bound, also for ever where that is a choice." }),
});

export const retention = z
  .object({
    ...periods,
    setBy: z.enum(["organization", "default"]),
    bounds: z
      .object({
        deletedPeople: bound,
        loginRecords: bound,
        scimRequests: bound,
        sessions: bound,
        auditEvents: bound,
      })
      .meta({
        description: "Within which the organization may choose. Callers without an organization go beyond.",
      }),
  })
  .meta({ id: "Retention" });

export const retentionPlan = z
  .object({
    deletedPeople: z.int().meta({ description: "People who would be erased." }),
    loginRecords: z.int(),
    scimRequests: z.int(),
    sessions: z.int(),
    auditEvents: z.int(),
    most: z.int().meta({ description: "Nothing is counted beyond this number: there may be more." }),
  })
  .meta({ id: "RetentionPlan" });
