import { userNames } from "../scenarios/people.ts";
import { addCopies, PROVISIONED } from "../world/copies.ts";
import type { World } from "../world/world.ts";
import type { Size } from "./measure-deprovisioning.ts";
import { settled } from "./revocation.ts";

/** From the marks' commit to that of the last batch. */
export interface Throughput {
  readonly what: string;
  readonly users: number;
  readonly usersPerSecond: number;
}

/** A directory with so many users, all reconciled, and a way to have the worker look. */
export async function filledDirectory(world: World, slug: string, users: number) {
  const { sallyport, postgres } = world;
  const { scim, settle, tenantId } = await sallyport.addDirectory(slug);
  const [email = ""] = userNames(1, slug);
  const { id } = await scim.createUser(email);
  await settle();
  const original = { organizationId: tenantId, email, name: "user-0" };
  await addCopies(postgres, original, PROVISIONED, 1, users - 1);
  const wake = () => scim.setActive(id, true).then(() => scim.setActive(id, false));
  return { scim, id, tenantId, wake };
}

/** Has the worker bring many users to what their directory says: for the first time, deactivated, and without a change. */
export async function measureThroughput(world: World, { reconciled }: Size): Promise<Throughput[]> {
  const { postgres } = world;
  const found: Throughput[] = [];
  const measure = async (what: string, tenantId: string, wake: () => Promise<void>, change: string) => {
    await postgres.transaction(async (sql) => {
      await sql.query(change, [tenantId]);
      await sql.query(
        `insert into dirty_directory_users (organization_id, directory_user_id, marked_at, identified)
         select organization_id, id, now(), true from directory_users where organization_id = $1`,
        [tenantId],
      );
    });
    const start = performance.now();
    await wake();
    await settled(world, tenantId);
    const seconds = (performance.now() - start) / 1000;
    found.push({ what, users: reconciled, usersPerSecond: reconciled / seconds });
  };
  const { tenantId, wake } = await filledDirectory(world, "throughput", reconciled);
  await measure(
    "pushed for the first time",
    tenantId,
    wake,
    "delete from users where organization_id = $1 and id <> (select id from users where organization_id = $1 order by id limit 1)",
  );
  await measure(
    "deactivated",
    tenantId,
    wake,
    "update directory_users set active = false, version = version + 1 where organization_id = $1",
  );
  await measure("looked at, unchanged", tenantId, wake, "select $1::uuid");
  return found;
}
