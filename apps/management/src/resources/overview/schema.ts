import { z } from "zod";
import { id, timestamp } from "../../api/text.ts";
import { organization } from "../organizations/schema.ts";

/** So many attempts to sign in tell whether a connection works. */
export const LATEST = 50;

const count = z.int();

export const overview = z
  .object({
    connections: z.object({
      active: count,
      disabled: count,
      failing: z.array(z.object({ connectionId: id, connection: z.string(), failures: count })).meta({
        description: `Active ones by which somebody tried to sign in within the last 24 hours, and nobody could: of the last ${LATEST} attempts \`failures\` failed, and none succeeded.`,
      }),
    }),
    certificates: z
      .array(
        z.object({
          connectionId: id,
          connection: z.string().meta({ description: "The connection's name." }),
          of: z.enum(["identityProvider", "gateway"]).meta({
            description: "Whose key it is: the identity provider's, or the connection's own.",
          }),
          fingerprint: z.string(),
          notAfter: timestamp,
          expiresInDays: z.int().meta({ description: "Below zero once it has expired." }),
        }),
      )
      .meta({ description: "Those that end within 60 days or have ended, the first to end first." }),
    lastLoginAt: timestamp.nullable().meta({ description: "Of somebody who was let in." }),
    directory: z
      .object({
        active: count,
        disabled: count,
        lastRequestAt: timestamp.nullable(),
        pending: count.meta({ description: "Users and groups that were pushed and not yet reconciled." }),
        lagSeconds: z
          .number()
          .meta({ description: "Since when the oldest of them waits; 0 where none does." }),
        inReview: z.array(z.object({ directoryId: id, directory: z.string() })).meta({
          description: "Those that nobody's access goes by until an administrator activates them.",
        }),
      })
      .meta({ description: "All directories together." }),
    openConflicts: count,
    limitedGroups: count.meta({
      description: "Groups of directories that are in more groups than count (`nestingLimit`).",
    }),
    heldChanges: count.meta({ description: "Of directories, that wait to be confirmed or rejected." }),
  })
  .meta({ id: "OrganizationOverview" });

export const organizationHealth = overview
  .extend({
    organization: organization.pick({ id: true, slug: true, name: true, forOperators: true, domains: true }),
  })
  .meta({ id: "OrganizationHealth" });
