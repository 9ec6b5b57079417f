import type { Scenario } from "../scenario.ts";
import { addDirectory } from "./directory.ts";

const SLUG = "scim-create";
const WARM_UP = 500;

/** New users, one a request; what it costs to make members of them is part of it. */
export const scimCreate: Scenario = {
  name: "scim-create",
  title: "SCIM create",
  unit: "create",
  async prepare(world) {
    const { organizationId, scim } = await addDirectory(world, SLUG);
    let made = 0;
    const create = async () => {
      await scim.createUser(`user-${made++}@${SLUG}.bench.test`);
    };
    return {
      warmUp: (load) => load.each(Array(WARM_UP), create),
      round: async (load) => {
        await load.forSeconds(create);
        return {};
      },
      settle: () => world.database.reconciled(organizationId),
    };
  },
};
