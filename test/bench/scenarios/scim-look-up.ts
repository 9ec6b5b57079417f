import { besidePolis, type Workload } from "../scenario.ts";
import type { ScimClient } from "../world/scim-client.ts";
import type { Subject } from "../world/subject.ts";
import { pushUsers, userNames } from "./people.ts";

const SLUG = "scim-look-up";
const USERS = 1_000;
const WARM_UP = 1_000;

/** `userName eq`: what every client asks before it creates. */
export const scimLookUp = besidePolis(
  { name: "scim-look-up", title: "SCIM look-up", unit: "look-up", target: 5 },
  async (subject) => {
    const { scim, settle } = await subject.addDirectory(SLUG);
    const names = userNames(USERS, SLUG);
    await pushUsers(scim, names);
    await settle();
    return lookUps(subject, scim, names);
  },
);

/** Looks for names of users that are there, in turn. */
export function lookUps(subject: Subject, scim: ScimClient, names: readonly string[]): Workload {
  let turn = 0;
  const lookUp = async () => {
    const name = names[turn++ % names.length] ?? "";
    const found = await scim.findByUserName(name);
    if (found !== 1) {
      throw new Error(`${found} users were found by the name ${name}`);
    }
  };
  return {
    measured: subject,
    warmUp: (load) => load.each(Array(WARM_UP), lookUp),
    round: (load) => load.forSeconds(lookUp),
  };
}
