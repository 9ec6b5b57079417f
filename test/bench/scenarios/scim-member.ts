import { besidePolis } from "../scenario.ts";
import { pushUsers, userNames } from "./people.ts";

const SLUG = "scim-member";
const MEMBERS = 1_000;
const JOINING = 1_000;
const GROUP = "Engineering";
const WARM_UP = 500;

/** A member more, then one less, of one group of 1,000: all lanes at once at the same group. */
export const scimMember = besidePolis(
  { name: "scim-member", title: "SCIM member PATCH, group of 1,000", unit: "member PATCH", target: 5 },
  async (subject) => {
    const { scim, settle } = await subject.addDirectory(SLUG, [GROUP]);
    const ids = await pushUsers(scim, userNames(MEMBERS + JOINING, SLUG));
    const { id: groupId } = await scim.createGroup(GROUP);
    await scim.addMembers(groupId, ids.slice(0, MEMBERS));
    await settle();

    const others = ids.slice(MEMBERS);
    // A lane has a person of its own, who joins and leaves by turns.
    const joined = new Set<string>();
    const patch = async (lane: number) => {
      const userId = others[lane % others.length] ?? "";
      if (joined.delete(userId)) {
        return scim.removeMember(groupId, userId);
      }
      joined.add(userId);
      return scim.addMembers(groupId, [userId]);
    };
    return {
      measured: subject,
      warmUp: (load) => load.each(Array(WARM_UP), (_, lane) => patch(lane)),
      round: (load) => load.forSeconds(patch),
      settle,
    };
  },
);
