import type { Scenario } from "../scenario.ts";
import { addDirectory, numbered } from "./directory.ts";

const USERS = 10_000;
const GROUPS = 100;
const GROUP_SIZE = 100;
const WARM_UP = 500;

/** A company's first push: users, then groups with their members, each group mapped to a role. */
export const push: Scenario = {
  name: "push",
  title: "Push of 10,000 users and 100 groups of 100",
  unit: "request",
  async prepare(world) {
    const { management, database } = world;
    let pushes = 0;
    const slugOfNext = () => `push-${pushes++}`;
    return {
      async warmUp(load) {
        const slug = slugOfNext();
        const { organizationId, scim } = await addDirectory(world, slug);
        await load.each(
          numbered(WARM_UP, (index) => `user-${index}@${slug}.bench.test`),
          async (name) => {
            await scim.createUser(name);
          },
        );
        await database.reconciled(organizationId);
      },
      async round(load) {
        const slug = slugOfNext();
        const { organizationId, scim } = await addDirectory(world, slug);
        await management.addRole(slug, "engineer");
        const groups = numbered(GROUPS, (index) => `Group ${index}`);
        await management.mapGroups(
          slug,
          groups.map((group) => ({ group, role: "engineer" })),
        );

        const start = performance.now();
        const secondsSince = () => (performance.now() - start) / 1000;
        const ids: string[] = [];
        const names = numbered(USERS, (index) => `user-${index}@${slug}.bench.test`);
        await load.each(names.entries(), async ([index, name]) => {
          ids[index] = (await scim.createUser(name)).id;
        });
        await load.each(groups.entries(), async ([index, group]) => {
          await scim.createGroup(group, ids.slice(index * GROUP_SIZE, (index + 1) * GROUP_SIZE));
        });
        const pushed = secondsSince();
        await database.reconciled(organizationId);
        const reconciled = secondsSince();

        const members = await database.activeMembers(organizationId);
        if (members !== USERS) load.fail(`${members} members came of ${USERS} pushed users`);
        return { "all answered after": pushed, "all reconciled after": reconciled };
      },
    };
  },
};
