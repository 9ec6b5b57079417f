import { Load } from "../measure/load.ts";
import type { ScimClient } from "../world/scim-client.ts";

/** How many different people sign in: each came before, in the warm-up, as most people of a company did. */
export const PEOPLE = 200;

/** Email addresses of a domain, in turn, without end. */
export function takeTurns(domain: string): () => string {
  let turn = 0;
  return () => `person-${turn++ % PEOPLE}@${domain}`;
}

export const userNames = (count: number, slug: string): string[] =>
  numbered(count, (index) => `user-${index}@${slug}.bench.test`);

export const numbered = (count: number, name: (index: number) => string): string[] =>
  Array.from({ length: count }, (_, index) => name(index));

/** Pushes users, before anything is measured. Resolves to their ids, in the same order. */
export async function pushUsers(scim: ScimClient, names: readonly string[]): Promise<string[]> {
  const load = new Load({ concurrency: 16, seconds: 0 });
  const ids: string[] = [];
  await load.each(names.entries(), async ([index, name]) => {
    ids[index] = (await scim.createUser(name)).id;
  });
  const [failure] = load.record().failures;
  if (failure !== undefined) {
    throw new Error(`Could not set up users: ${failure}`);
  }
  return ids;
}
