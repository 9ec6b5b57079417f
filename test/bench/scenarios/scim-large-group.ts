import { z } from "zod";
import type { Scenario } from "../scenario.ts";
import { addCopies, PROVISIONED } from "../world/copies.ts";
import type { GroupMember } from "../world/scim-client.ts";
import { pushUsers, userNames } from "./people.ts";

const SLUG = "scim-large-group";
const GROUP = "Everyone";
const MEMBERS = 100_000;

/** One PUT of a group of 100,000, a body near the 10 MB that are accepted: what it does to the memory of the gateway. */
export const scimLargeGroup: Scenario = {
  name: "scim-large-group",
  title: "SCIM PUT, group of 100,000",
  unit: "PUT",
  concurrency: 1,
  async prepare({ sallyport, postgres }) {
    const { scim, settle, tenantId } = await sallyport.addDirectory(SLUG, [GROUP]);
    const [email = ""] = userNames(1, SLUG);
    await pushUsers(scim, [email]);
    await settle();
    await addCopies(
      postgres,
      { organizationId: tenantId, email, name: "user-0" },
      PROVISIONED,
      1,
      MEMBERS - 1,
    );
    const members = memberRows(
      await postgres.query("select id from directory_users where organization_id = $1", [tenantId]),
    );

    let groupId = "";
    return {
      measured: sallyport,
      warmUp: async () => {},
      stage: async () => {
        groupId = (await scim.createGroup(GROUP)).id;
      },
      round: (load) => load.each([groupId], () => scim.replaceGroup(groupId, GROUP, members)),
      settle,
    };
  },
};

/** As Entra sends them, with names, so that 100,000 of them come near to 10 MB. */
function memberRows(rows: readonly unknown[]): GroupMember[] {
  return z
    .array(z.object({ id: z.string() }))
    .parse(rows)
    .map(({ id }, index) => ({ value: id, display: `user-${index} Example of it` }));
}
