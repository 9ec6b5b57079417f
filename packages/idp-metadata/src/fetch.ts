import { type Outbound, OutboundError } from "@sallyport/outbound";
import { unavailable } from "./problem.ts";

const ACCEPT = "application/samlmetadata+xml, application/xml, text/xml";

/** Fetches what a tenant's metadata URL serves. Throws `MetadataProblem`. */
export async function fetchMetadata(url: string, outbound: Outbound): Promise<string> {
  let response: Response;
  try {
    response = await outbound.fetch(url, { headers: { accept: ACCEPT } });
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error;
    throw unavailable(error.message, error);
  }
  if (!response.ok) throw unavailable(`The server answered ${response.status}.`);
  return response.text();
}
