import { z } from "zod";

const settings = {
  share: z.int().min(0).max(100).meta({
    description:
      "Percent of the directory's members, or of the people who ever signed in by the connection. 100: nothing is held.",
  }),
  people: z.int().min(1).max(1_000_000).meta({
    description: "Fewer people than this may lose access, or their sessions, in any case.",
  }),
  minutes: z.int().min(1).max(1440).meta({ description: "The time over which people are counted." }),
};

export const guardSettings = z.strictObject(settings).meta({ id: "GuardSettings" });

export const guard = z
  .object({
    ...settings,
    setBy: z
      .enum(["directory", "connection", "organization", "default"])
      .meta({ description: "Whose setting it is." }),
  })
  .meta({ id: "Guard" });
