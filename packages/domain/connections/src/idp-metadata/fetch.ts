import { type Outbound, OutboundError } from "@sallyport/outbound";
import { unavailable } from "./problem.ts";
import type { FetchedMetadata } from "./source.ts";

const ACCEPT = "application/samlmetadata+xml, application/xml, text/xml";
/** More than any other answer of an IdP: AD FS lists all of its claims and endpoints. */
const MAX_BYTES = 1024 * 1024;

/** Fetches what a tenant's metadata URL serves. Throws `MetadataProblem`. */
export async function fetchMetadata(url: string, outbound: Outbound): Promise<FetchedMetadata> {
  let response: Response;
  try {
    response = await outbound.fetch(url, { headers: { accept: ACCEPT }, maxBytes: MAX_BYTES });
  } catch (error) {
    if (!(error instanceof OutboundError)) {
      throw error;
    }
    throw unavailable(error.message, error);
  }
  if (!response.ok) {
    throw unavailable(`The server answered ${response.status}.`);
  }
  // Empty where the answer does not say: then nothing has led away from the URL.
  return { xml: await response.text(), url: response.url || url };
}
