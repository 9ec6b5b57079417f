import type { Load } from "../measure/load.ts";
import { besidePolis } from "../scenario.ts";
import type { Subject } from "../world/subject.ts";
import { numbered, userNames } from "./people.ts";

const GROUP_SIZE = 100;

/** A company's first push: users, then groups and their members as Okta sends them, each group mapped to a role. */
export const push = besidePolis(
  { name: "push", title: "Push of 10,000 users and 100 groups of 100", unit: "request", target: 10 },
  async (subject) => {
    const small = { users: 500, groups: 5 };
    return {
      measured: subject,
      warmUp: (load) => pushCompany(subject, load, small),
      round: (load) => pushCompany(subject, load, { users: 10_000, groups: 100 }),
      sample: (load) => pushCompany(subject, load, small),
    };
  },
);

/** Each push is another company's. */
export async function pushCompany(
  subject: Subject,
  load: Load,
  { users, groups }: { readonly users: number; readonly groups: number },
): Promise<void> {
  const slug = `push-${companies++}`;
  const names = numbered(groups, (index) => `Group ${index}`);
  const { scim, settle, members } = await subject.addDirectory(slug, names);

  const start = performance.now();
  const secondsSince = () => (performance.now() - start) / 1000;
  const ids: string[] = [];
  await load.each(userNames(users, slug).entries(), async ([index, name]) => {
    ids[index] = (await scim.createUser(name)).id;
  });
  const groupIds: string[] = [];
  await load.each(names.entries(), async ([index, name]) => {
    groupIds[index] = (await scim.createGroup(name)).id;
  });
  await load.each(groupIds.entries(), ([index, id]) =>
    scim.addMembers(id, ids.slice(index * GROUP_SIZE, (index + 1) * GROUP_SIZE)),
  );
  load.tell("all answered after", secondsSince());
  await settle();
  load.tell("all in effect after", secondsSince());

  const made = await members();
  if (made !== undefined && made !== users) {
    load.fail(`${made} members came of ${users} pushed users`);
  }
}

let companies = 0;
