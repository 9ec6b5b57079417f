import type { Scenario } from "../scenario.ts";
import { addDirectory, numbered, pushUsers } from "./directory.ts";

const SLUG = "scim-look-up";
const USERS = 1_000;
const WARM_UP = 1_000;

/** `userName eq`: what every client asks before it creates. */
export const scimLookUp: Scenario = {
  name: "scim-look-up",
  title: "SCIM look-up",
  unit: "look-up",
  async prepare(world) {
    const { organizationId, scim } = await addDirectory(world, SLUG);
    const names = numbered(USERS, (index) => `user-${index}@${SLUG}.bench.test`);
    await pushUsers(scim, names);
    await world.database.reconciled(organizationId);

    let turn = 0;
    const lookUp = async () => {
      const name = names[turn++ % USERS] ?? "";
      const found = await scim.findByUserName(name);
      if (found !== 1) throw new Error(`${found} users were found by the name ${name}`);
    };
    return {
      warmUp: (load) => load.each(Array(WARM_UP), lookUp),
      round: async (load) => {
        await load.forSeconds(lookUp);
        return {};
      },
    };
  },
};
