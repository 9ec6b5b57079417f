import { PEOPLE } from "../scenarios/people.ts";
import { addSamlPeople } from "../scenarios/saml-site.ts";
import { addCopies, SIGNED_IN } from "../world/copies.ts";
import type { World } from "../world/world.ts";
import type { Growing } from "./measure-growth.ts";

/** A connection of more and more people who have signed in, and are. */
export async function samlGrowth({ sallyport, postgres }: World): Promise<Growing> {
  const { login, domain, tenantId } = await addSamlPeople(sallyport, "saml-growth");
  await login(); // as person-0, of whom the others are copies: whoever signs in later has been here before
  const original = { organizationId: tenantId, email: `person-0@${domain}`, name: "person-0" };
  let filled = 1;
  return {
    of: "sessions and identities",
    sizes: [1_000, 1_000_000],
    async growTo(size) {
      await addCopies(postgres, original, SIGNED_IN, filled, size - 1);
      filled = size;
    },
    workloads: () => ({
      "SAML login": () => ({
        measured: sallyport,
        warmUp: (load) => load.each(Array(PEOPLE), login),
        round: (load) => load.forSeconds(login),
      }),
    }),
  };
}
