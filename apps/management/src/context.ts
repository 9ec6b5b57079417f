import type { Organization } from "@sallyport/database";
import { isId } from "@sallyport/database";
import type { Caller } from "./access/caller.ts";
import { slug } from "./api/text.ts";
import type { ManagementApiDeps } from "./deps.ts";
import { problem } from "./errors.ts";

/** What every operation is told of its request, beside its input. */
export interface Context {
  readonly deps: ManagementApiDeps;
  readonly caller: Caller;
  readonly requestId: string;
  readonly ip: string | undefined;
  /** Of a stream that goes on: `Last-Event-ID`. */
  readonly lastEventId: string | undefined;
  /** Aborted when the client is gone, or the process stops: what waits is given up. */
  readonly ended: AbortSignal;
}

/**
 * The organization of a slug or id, if the caller reaches it. Unknown and out of reach answer alike: 404.
 */
export async function reachOrganization(context: Context, slugOrId: string): Promise<Organization> {
  const { caller, deps } = context;
  const named = isId(slugOrId) ? { id: slugOrId } : { slug: slugOrId };
  if (!isId(slugOrId) && !slug.safeParse(slugOrId).success) {
    throw problem("organization_not_found");
  }
  const reached = caller.organizationId === null ? {} : { id: caller.organizationId };
  const organization = await deps.database.prisma.organization.findFirst({
    where: { AND: [named, reached] },
  });
  if (organization === null) {
    throw problem("organization_not_found");
  }
  return organization;
}
