import { besidePolis } from "../scenario.ts";
import { pushUsers, userNames } from "./people.ts";

const SLUG = "scim-members";
const MEMBERS = 1_000;

/** 1,000 members by one PATCH of an empty group, one request after the other, each of another group. */
export const scimMembers = besidePolis(
  { name: "scim-members", title: "SCIM PATCH, 1,000 members", unit: "PATCH", target: 5, concurrency: 1 },
  async (subject) => {
    const { scim, settle } = await subject.addDirectory(SLUG, ["Everyone"]);
    const ids = await pushUsers(scim, userNames(MEMBERS, SLUG));
    await settle();

    let groups = 0;
    let groupId = "";
    return {
      measured: subject,
      warmUp: async () => {},
      stage: async () => {
        groupId = (await scim.createGroup(`Everyone ${groups++}`)).id;
      },
      round: (load) => load.each([groupId], () => scim.addMembers(groupId, ids)),
      settle,
    };
  },
);
