import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { type Latency, latencyOf } from "../measure/latency.ts";
import type { World } from "../world/world.ts";
import type { Size } from "./measure-deprovisioning.ts";
import { settled } from "./revocation.ts";
import { filledDirectory } from "./throughput.ts";

/** What one tenant waits for the worker while it works off another's marks. */
export interface Fairness {
  readonly marks: number;
  /** How long the large tenant's took. */
  readonly seconds: number;
  /** From when a small tenant's single change was sent to its effect. */
  readonly other: Latency;
}

const status = z.array(z.object({ status: z.string() })).length(1);

/** Deactivates everybody of a large directory, and somebody of a small one again and again meanwhile. */
export async function measureFairness(world: World, { marks }: Size): Promise<Fairness> {
  const { postgres } = world;
  const large = await filledDirectory(world, "fairness-large", marks);
  const small = await filledDirectory(world, "fairness-small", 2);
  await postgres.transaction(async (sql) => {
    await sql.query("update directory_users set active = false where organization_id = $1", [large.tenantId]);
    await sql.query(
      `insert into dirty_directory_users (organization_id, directory_user_id, marked_at)
       select organization_id, id, now() from directory_users where organization_id = $1`,
      [large.tenantId],
    );
  });
  const start = performance.now();
  let working = true;
  await large.wake();
  const work = settled(world, large.tenantId).then(() => {
    working = false;
  });
  const waited: number[] = [];
  for (let active = false; working; active = !active) {
    const sent = performance.now();
    await small.scim.setActive(small.id, active);
    while ((await statusOf(world, small.id)) !== (active ? "active" : "suspended")) {
      await sleep(5);
    }
    waited.push(performance.now() - sent);
    await sleep(100);
  }
  await work;
  return { marks, seconds: (performance.now() - start) / 1000, other: latencyOf(waited) };
}

async function statusOf({ postgres }: World, directoryUserId: string): Promise<string | undefined> {
  const rows = await postgres.query(
    `select m.status::text from memberships m join directory_user_links l on l.user_id = m.user_id
     where l.directory_user_id = $1`,
    [directoryUserId],
  );
  return status.parse(rows)[0]?.status;
}
