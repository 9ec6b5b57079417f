import { z } from "zod";

/** How an IdP named one sign-in: what a logout must say again, and what the IdP says in its own. */
export const idpSession = z.object({
  nameId: z.string(),
  format: z.string(),
  nameQualifier: z.string().exactOptional(),
  spNameQualifier: z.string().exactOptional(),
  sessionIndex: z.string().exactOptional(),
});
