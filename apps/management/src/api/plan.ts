import { isId } from "@sallyport/database";
import { type AccessPlan, type PlanPage, readableAddress } from "@sallyport/people";
import { z } from "zod";
import { pageQuery } from "./page.ts";
import { id } from "./text.ts";

export const accessCounts = z
  .object({
    people: z.int().meta({ description: "People for whom anything changes." }),
    gain: z.int().meta({ description: "People who gain a role." }),
    lose: z.int().meta({ description: "People who lose a role." }),
    suspend: z.int().meta({ description: "People who could no longer sign in." }),
    admit: z.int().meta({ description: "People who wait for a seat, and would have one." }),
  })
  .meta({ description: "How many people, on all pages together, as the first page had them." });

const accessChange = z.object({
  memberId: id,
  userId: id,
  email: z.string().nullable(),
  name: z.string().nullable(),
  suspended: z.boolean().meta({ description: "They could sign in no longer." }),
  admitted: z.boolean().meta({ description: "They wait for a seat, and would have one." }),
  gains: z.array(z.string()).meta({ description: "Keys of roles, sorted." }),
  loses: z.array(z.string()).meta({ description: "Keys of roles, sorted." }),
});

/** What would become of members' access. */
export const accessPlan = z
  .object({ counts: accessCounts, items: z.array(accessChange), nextCursor: z.string().nullable() })
  .meta({ id: "AccessPlan" });

const position = z.object({
  after: z.string().refine(isId),
  counts: z.record(z.enum(["people", "gain", "lose", "suspend", "admit"]), z.int().min(0)),
});

type Position = z.output<typeof position>;

const cursor = z
  .string()
  .max(1000)
  .transform((value, context): Position => {
    const decoded = position.safeParse(decode(value));
    if (decoded.success) {
      return decoded.data;
    }
    context.addIssue("Is not a cursor of this plan: pass on `nextCursor` as it was given");
    return z.NEVER;
  });

function decode(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
  } catch {
    // What is no JSON is no cursor.
    return null;
  }
}

/** The query of every plan. What is counted once goes along in the cursor. */
export const planQuery = z.strictObject({
  cursor: cursor.exactOptional().meta({ description: "`nextCursor` of the page before." }),
  limit: pageQuery.shape.limit,
});

export type PlanQuery = z.output<typeof planQuery>;

export function planPage({ cursor, limit }: PlanQuery): PlanPage {
  return { after: cursor?.after ?? null, limit, counts: cursor?.counts ?? null };
}

export function planView({ counts, changes, more }: AccessPlan): z.input<typeof accessPlan> {
  const items = changes.map(({ membershipId, email, gains, loses, ...change }) => ({
    ...change,
    memberId: membershipId,
    email: email === null ? null : readableAddress(email),
    gains: [...gains],
    loses: [...loses],
  }));
  const last = items.at(-1);
  const next = more && last !== undefined ? { after: last.memberId, counts } : null;
  return {
    counts,
    items,
    nextCursor: next === null ? null : Buffer.from(JSON.stringify(next)).toString("base64url"),
  };
}
