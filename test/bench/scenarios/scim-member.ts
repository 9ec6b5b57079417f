import type { Scenario } from "../scenario.ts";
import { addDirectory, numbered, pushUsers } from "./directory.ts";

const SLUG = "scim-member";
const MEMBERS = 1_000;
const WARM_UP = 500;

/** A member more, then one less, of one group of 1,000: all lanes at once at the same group. */
export const scimMember: Scenario = {
  name: "scim-member",
  title: "SCIM member PATCH, group of 1,000",
  unit: "member PATCH",
  async prepare(world) {
    const { management, database } = world;
    const { organizationId, scim } = await addDirectory(world, SLUG);
    await management.addRole(SLUG, "engineer");
    await management.mapGroups(SLUG, [{ group: "Engineering", role: "engineer" }]);
    const ids = await pushUsers(
      scim,
      numbered(MEMBERS, (index) => `member-${index}@${SLUG}.bench.test`),
    );
    const { id: groupId } = await scim.createGroup("Engineering", ids);
    const joining = numbered(MEMBERS, (index) => `joining-${index}@${SLUG}.bench.test`);
    const others = await pushUsers(scim, joining);
    await database.reconciled(organizationId);

    // A lane has a person of its own, who joins and leaves by turns.
    const joined = new Set<string>();
    const patch = async (lane: number) => {
      const userId = others[lane % others.length] ?? "";
      if (joined.delete(userId)) return scim.removeMember(groupId, userId);
      joined.add(userId);
      return scim.addMember(groupId, userId);
    };
    return {
      warmUp: (load) => load.each(Array(WARM_UP), (_, lane) => patch(lane)),
      round: async (load) => {
        await load.forSeconds(patch);
        return {};
      },
      settle: () => database.reconciled(organizationId),
    };
  },
};
