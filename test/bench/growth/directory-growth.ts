import { numbered, pushUsers, userNames } from "../scenarios/people.ts";
import { listPages } from "../scenarios/scim-list.ts";
import { lookUps } from "../scenarios/scim-look-up.ts";
import { addCopies, PROVISIONED } from "../world/copies.ts";
import type { World } from "../world/world.ts";
import type { Growing } from "./measure-growth.ts";

const SLUG = "growth";
const LOOKED_UP = 1_000;
/** Few enough that the directory hardly grows by them. */
const CREATES = 500;

/** A directory of more and more users. */
export async function directoryGrowth({ sallyport, postgres }: World): Promise<Growing> {
  const { scim, settle, tenantId } = await sallyport.addDirectory(SLUG);
  const [email = ""] = userNames(1, SLUG);
  await pushUsers(scim, [email]);
  await settle();
  const original = { organizationId: tenantId, email, name: "user-0" };
  let filled = 1;
  let created = 0;
  const create = async () => {
    await scim.createUser(`new-${created++}@${SLUG}.bench.test`);
  };
  return {
    of: "users in the directory",
    sizes: [1_000, 10_000, 100_000, 1_000_000],
    async growTo(size) {
      await addCopies(postgres, original, PROVISIONED, filled, size - 1);
      filled = size;
    },
    workloads: (size) => ({
      "look-up": () => {
        const spread = (index: number) => `user-${Math.floor((index * size) / LOOKED_UP)}@${SLUG}.bench.test`;
        return lookUps(sallyport, scim, numbered(LOOKED_UP, spread));
      },
      "list page": () => listPages(sallyport, scim),
      create: () => ({
        measured: sallyport,
        warmUp: (load) => load.each(Array(CREATES), create),
        round: (load) => load.each(Array(CREATES), create),
        settle,
      }),
    }),
  };
}
