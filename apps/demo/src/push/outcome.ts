import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { Company } from "../companies.ts";
import type { Management } from "../management.ts";

const members = z.object({
  items: z.array(
    z.object({
      email: z.string().nullable(),
      name: z.string().nullable(),
      status: z.enum(["active", "suspended"]),
      source: z.string(),
      roles: z.array(z.string()),
      groups: z.array(z.string()),
    }),
  ),
});

export type Member = z.infer<typeof members>["items"][number];

/** What must have come of a push: each person's status by email. */
export type Expected = ReadonlyMap<string, Member["status"]>;

const DEADLINE_MS = 30_000;
const POLL_MS = 100;

/** Waits until the reconciler has made of the push what it must, and returns the organization's members. */
export async function reconciled(
  management: Management,
  company: Company,
  expected: Expected,
): Promise<Member[]> {
  const deadline = performance.now() + DEADLINE_MS;
  for (;;) {
    const { items } = members.parse(
      await management.call("GET", `/organizations/${company.slug}/members?limit=200`),
    );
    const missing = [...expected].filter(
      ([email, status]) => !items.some((item) => item.email === email && isDone(item, status)),
    );
    if (missing.length === 0) {
      return items;
    }
    if (performance.now() > deadline) {
      throw new Error(
        `Not reconciled within ${DEADLINE_MS / 1000} s: ${missing.map(([email]) => email).join(", ")}`,
      );
    }
    await sleep(POLL_MS);
  }
}

// Roles come in the batch that makes a membership active, but groups may be pushed behind the person.
function isDone(member: Member, status: Member["status"]): boolean {
  if (member.status !== status || member.source !== "directory") {
    return false;
  }
  return status === "suspended" || (member.groups.length > 0 && member.roles.length > 1);
}
