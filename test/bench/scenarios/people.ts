/** How many different people sign in: each came before, in the warm-up, as most people of a company did. */
export const PEOPLE = 200;

/** Email addresses of a domain, in turn, without end. */
export function takeTurns(domain: string): () => string {
  let turn = 0;
  return () => `person-${turn++ % PEOPLE}@${domain}`;
}
