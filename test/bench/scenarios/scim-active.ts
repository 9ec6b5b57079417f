import { besidePolis } from "../scenario.ts";
import { pushUsers, userNames } from "./people.ts";

const SLUG = "scim-active";
const USERS = 1_000;
const WARM_UP = 500;

/** Users deactivated and activated by turns, each user's session and membership with it. */
export const scimActive = besidePolis(
  { name: "scim-active", title: "SCIM PATCH active", unit: "PATCH", target: 5 },
  async (subject) => {
    const { scim, settle } = await subject.addDirectory(SLUG);
    const ids = await pushUsers(scim, userNames(USERS, SLUG));
    await settle();

    let turn = 0;
    const patch = async () => {
      const active = Math.floor(turn / USERS) % 2 === 1;
      await scim.setActive(ids[turn++ % USERS] ?? "", active);
    };
    return {
      measured: subject,
      warmUp: (load) => load.each(Array(WARM_UP), patch),
      round: (load) => load.forSeconds(patch),
      settle,
    };
  },
);
