import { type Outbound, OutboundError } from "@sallyport/outbound";
import { DEFAULT_METADATA_LIMITS, entityMetadata } from "@sallyport/saml";
import { unavailable, unusable } from "./problem.ts";

const HEADERS = { accept: "application/samlmetadata+xml, application/xml, text/xml" };
/** What is parsed as a whole. An IdP's own metadata is far smaller, though AD FS lists all of its claims and endpoints. */
const WHOLE = { headers: HEADERS, maxBytes: DEFAULT_METADATA_LIMITS.maxBytes };
/** Of a federation, which is looked through as it comes; the largest publish some 100 MB. */
const FEDERATION = { headers: HEADERS, maxBytes: 100 * 1024 * 1024, timeoutMs: 60_000 };

/** Metadata as it was served. */
export interface FetchedMetadata {
  /** The whole document; or, of a federation too large to be parsed, the one entity with what is around it. */
  readonly document: string | Uint8Array;
  /** Where it came from. */
  readonly url: string;
}

/** Whose metadata is meant, and by which certificates it has to be signed as a whole. */
export interface WantedMetadata {
  readonly entityId: string | undefined;
  readonly certificates: readonly string[] | undefined;
}

/** Fetches what a tenant's metadata URL serves. Throws `MetadataProblem`. */
export async function fetchMetadata(
  url: string,
  outbound: Outbound,
  wanted: WantedMetadata,
): Promise<FetchedMetadata> {
  try {
    return { document: await wholeOrEntity(url, outbound, wanted), url };
  } catch (error) {
    throw error instanceof OutboundError ? unavailable(error.message, error) : error;
  }
}

async function wholeOrEntity(url: string, outbound: Outbound, wanted: WantedMetadata) {
  let response: Response;
  try {
    response = await outbound.fetch(url, WHOLE);
  } catch (error) {
    if (error instanceof OutboundError && error.code === "outbound_too_large") {
      return oneEntity(url, outbound, wanted);
    }
    throw error;
  }
  requireSuccess(response.status);
  return new Uint8Array(await response.arrayBuffer());
}

async function oneEntity(url: string, outbound: Outbound, { entityId, certificates }: WantedMetadata) {
  const answer = await outbound.stream(url, FEDERATION);
  try {
    requireSuccess(answer.status);
    const found = await entityMetadata(answer.body, { entityId, signed: certificates !== undefined });
    if (!found.ok) {
      throw unusable(found);
    }
    return found.document;
  } finally {
    answer.cancel();
  }
}

function requireSuccess(status: number): void {
  if (status < 200 || status > 299) {
    throw unavailable(`The server answered ${status}.`);
  }
}
