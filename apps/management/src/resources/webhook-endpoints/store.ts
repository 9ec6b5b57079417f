import * as webhooks from "@sallyport/webhooks";
import type { z } from "zod";
import { type PageQuery, pageArguments, toPage } from "../../api/page.ts";
import { change } from "../../change.ts";
import type { Context } from "../../context.ts";
import { problem } from "../../errors.ts";
import { reachable, reachEndpoint, reachOwner } from "./reach.ts";
import {
  type newWebhookEndpoint,
  type secretRotation,
  type webhookEndpointPatch,
  webhookEndpointView,
} from "./schema.ts";

const HOUR_MS = 3_600_000;
/** Of an organization, and of the gateway: each event costs a delivery for each. */
const MOST_ENDPOINTS = 50;
const MOST_COUNTED = 10_000;

/** The secret is in the result alone. */
export async function createWebhookEndpoint(context: Context, input: z.output<typeof newWebhookEndpoint>) {
  const { organization, ...settings } = input;
  const organizationId = await reachOwner(context, organization, "write");
  return change(context, async (transaction) => {
    const { tx, sql } = transaction;
    // Two at once count each other.
    await sql.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))::text", [
      `webhook endpoints of ${organizationId}`,
    ]);
    if ((await tx.webhookEndpoint.count({ where: { organizationId } })) >= MOST_ENDPOINTS) {
      throw problem("webhook_endpoints_too_many");
    }
    const { endpoint, secret } = await webhooks.createEndpoint(transaction, context.deps.secrets, {
      organizationId,
      ...settings,
    });
    return { ...webhookEndpointView(endpoint), secret };
  });
}

export async function listWebhookEndpoints(
  context: Context,
  query: PageQuery & { readonly organization?: string; readonly scope: "all" | "gateway" },
) {
  const { organization, scope } = query;
  const owner =
    organization === undefined && scope === "all"
      ? reachable(context)
      : { organizationId: await reachOwner(context, scope === "gateway" ? null : organization, "read") };
  const { where, ...page } = pageArguments(query, "asc");
  const rows = await context.deps.database.prisma.webhookEndpoint.findMany({
    ...page,
    where: { AND: [owner, where] },
  });
  return toPage(rows, query, webhookEndpointView);
}

export async function getWebhookEndpoint(context: Context, id: string) {
  const endpoint = await reachEndpoint(context, id, "read");
  const counts = await Promise.all(
    ["pending", "failed"].map(async (status) => {
      const { rows } = await context.deps.database.sql.query<{ count: number }>(
        `SELECT count(*)::int AS count FROM (
           SELECT 1 FROM webhook_deliveries WHERE endpoint_id = $1::uuid AND status = '${status}' LIMIT ${MOST_COUNTED}
         ) AS counted`,
        [id],
      );
      return rows[0]?.count ?? 0;
    }),
  );
  const [pending = 0, failed = 0] = counts;
  return { ...webhookEndpointView(endpoint), pending, failed };
}

export async function updateWebhookEndpoint(
  context: Context,
  id: string,
  patch: z.output<typeof webhookEndpointPatch>,
) {
  const { organizationId } = await reachEndpoint(context, id, "write");
  return change(context, async (transaction) => {
    const name = { id, organizationId };
    return found(await webhooks.updateEndpoint(transaction, name, patch, transaction.now), (endpoint) =>
      webhookEndpointView(endpoint),
    );
  });
}

/** The new secret is in the result alone. */
export async function rotateWebhookSecret(
  context: Context,
  id: string,
  { overlapHours }: z.output<typeof secretRotation>,
) {
  const { organizationId } = await reachEndpoint(context, id, "write");
  return change(context, async (transaction) => {
    const until = new Date(transaction.now.getTime() + overlapHours * HOUR_MS);
    const name = { id, organizationId };
    const rotated = await webhooks.rotateSecret(transaction, context.deps.secrets, name, until);
    return found(rotated, ({ secret }) => ({ id, secret, previousSecretUntil: until.toISOString() }));
  });
}

/** Throws `webhook_endpoint_disabled`. */
export async function testWebhookEndpoint(context: Context, id: string): Promise<void> {
  const { organizationId } = await reachEndpoint(context, id, "write");
  await change(context, async (transaction) => {
    found(await webhooks.testEndpoint(transaction, { id, organizationId }), refuseDisabled);
  });
}

export async function deleteWebhookEndpoint(context: Context, id: string): Promise<void> {
  const { organizationId } = await reachEndpoint(context, id, "write");
  await change(context, async (transaction) => {
    found((await webhooks.deleteEndpoint(transaction, { id, organizationId })) || null, () => undefined);
  });
}

/** Throws `webhook_endpoint_not_found` for null: somebody deleted it meanwhile. */
export function found<Value, Result>(value: Value | null, view: (value: Value) => Result): Result {
  if (value === null) {
    throw problem("webhook_endpoint_not_found");
  }
  return view(value);
}

export function refuseDisabled<Value>(value: Value | "disabled"): Value {
  if (value === "disabled") {
    throw problem("webhook_endpoint_disabled");
  }
  return value as Value;
}
