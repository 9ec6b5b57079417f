import { applyHeldMetadata, refreshMetadata } from "@sallyport/connections/idp-metadata";
import { originOf } from "../../../change.ts";
import type { Context } from "../../../context.ts";
import { problem } from "../../../errors.ts";
import { getConnection } from "../store.ts";

/** Throws `connection_not_found`, `metadata_not_followed`, `changed_meanwhile`. */
export async function refreshNow(context: Context, organizationId: string, connectionId: string) {
  await getConnection(context, organizationId, connectionId);
  const connection = { organizationId, connectionId };
  const outcome = await refreshMetadata(context.deps, connection, originOf(context));
  if (outcome === "not_followed") {
    throw problem("metadata_not_followed");
  }
  if (outcome === "changed_meanwhile") {
    throw problem("changed_meanwhile");
  }
  return getConnection(context, organizationId, connectionId);
}

/** Throws `connection_not_found`, `metadata_not_held_back`. */
export async function applyHeldBack(
  context: Context,
  organizationId: string,
  connectionId: string,
  digest: string,
) {
  await getConnection(context, organizationId, connectionId);
  const connection = { organizationId, connectionId };
  if (!(await applyHeldMetadata(context.deps, connection, digest, originOf(context)))) {
    throw problem("metadata_not_held_back", { field: "digest" });
  }
  return getConnection(context, organizationId, connectionId);
}
