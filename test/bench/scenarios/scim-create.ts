import { besidePolis } from "../scenario.ts";

const SLUG = "scim-create";
const WARM_UP = 500;

/** New users, one a request; what it costs to make members of them is part of it. */
export const scimCreate = besidePolis(
  { name: "scim-create", title: "SCIM create", unit: "create", target: 5 },
  async (subject) => {
    const { scim, settle } = await subject.addDirectory(SLUG);
    let made = 0;
    const create = async () => {
      await scim.createUser(`user-${made++}@${SLUG}.bench.test`);
    };
    return {
      measured: subject,
      warmUp: (load) => load.each(Array(WARM_UP), create),
      round: (load) => load.forSeconds(create),
      settle,
    };
  },
);
