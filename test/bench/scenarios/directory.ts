import { Load } from "../measure/load.ts";
import { connectScim, type ScimClient } from "../world/scim-client.ts";
import type { World } from "../world/world.ts";

export interface BenchDirectory {
  readonly organizationId: string;
  readonly scim: ScimClient;
}

/** A directory in an organization of its own. */
export async function addDirectory({ http, management }: World, slug: string): Promise<BenchDirectory> {
  const { id } = await management.addOrganization(slug, `${slug}.bench.test`);
  return { organizationId: id, scim: connectScim(http, await management.addDirectory(slug)) };
}

/** Pushes `userNames`, before anything is measured. Resolves to the ids, in the same order. */
export async function pushUsers(scim: ScimClient, userNames: readonly string[]): Promise<string[]> {
  const load = new Load({ concurrency: 16, seconds: 0 });
  const ids: string[] = [];
  await load.each(userNames.entries(), async ([index, userName]) => {
    ids[index] = (await scim.createUser(userName)).id;
  });
  const [failure] = load.record().failures;
  if (failure !== undefined) throw new Error(`Could not set up users: ${failure}`);
  return ids;
}

export const numbered = (count: number, name: (index: number) => string): string[] =>
  Array.from({ length: count }, (_, index) => name(index));
