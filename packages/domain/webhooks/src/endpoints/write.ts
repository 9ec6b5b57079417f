import { newId, type Sql, type WebhookEndpoint } from "@sallyport/database";
import { sealContext } from "@sallyport/encryption-keys";
import type { RecordedTransaction } from "@sallyport/events";
import type { SecretBox } from "@sallyport/secrets";
import { failPending } from "../deliveries/fail-pending.ts";
import { newSecret } from "../signature.ts";

export interface NewEndpoint {
  /** Null: told of the events of all organizations, and of none. */
  readonly organizationId: string | null;
  readonly url: string;
  readonly description: string;
  readonly types: readonly string[];
}

/** The secret is in the result alone: what is stored is sealed. */
export async function createEndpoint(
  { tx, sql, record }: RecordedTransaction,
  secrets: SecretBox,
  { organizationId, url, description, types }: NewEndpoint,
): Promise<{ readonly endpoint: WebhookEndpoint; readonly secret: string }> {
  const id = newId();
  const secret = newSecret();
  // By the clock that events have their time from: from then on it is told of them.
  const { rows } = await sql.query<{ now: Date }>("SELECT now()");
  const endpoint = await tx.webhookEndpoint.create({
    data: {
      id,
      createdAt: rows[0]?.now ?? new Date(),
      ...{ organizationId, url, description, types: [...types] },
      secret: secrets.seal(secret, sealContext("webhook_endpoints.secret", id)),
    },
  });
  record({
    organizationId,
    type: "webhook_endpoint.created",
    resource: { type: "webhookEndpoint", id },
    after: toldOf(endpoint),
  });
  return { endpoint, secret };
}

export interface EndpointChange {
  readonly url?: string;
  readonly description?: string;
  readonly types?: readonly string[];
  /** Off: what waits for it fails, and can be replayed. */
  readonly enabled?: boolean;
}

/** Which endpoint: null as organization is one of the gateway. */
export interface EndpointName {
  readonly id: string;
  readonly organizationId: string | null;
}

/** Resolves to null where there is no such endpoint. */
export async function updateEndpoint(
  transaction: RecordedTransaction,
  { id, organizationId }: EndpointName,
  { url, description, types, enabled }: EndpointChange,
  now: Date,
): Promise<WebhookEndpoint | null> {
  const { tx, sql, record } = transaction;
  const before = await lock(transaction, { id, organizationId });
  if (before === null) {
    return null;
  }
  const wasEnabled = before.status === "enabled";
  const turned = enabled === undefined || enabled === wasEnabled ? undefined : enabled;
  const endpoint = await tx.webhookEndpoint.update({
    where: { id, organizationId },
    data: {
      ...(url === undefined ? {} : { url }),
      ...(description === undefined ? {} : { description }),
      ...(types === undefined ? {} : { types: [...types] }),
      // Another address, or another try: what was known of it counts no longer.
      ...(turned === true || (url !== undefined && url !== before.url)
        ? { failingSince: null, notBefore: null }
        : {}),
      ...(turned === undefined
        ? {}
        : { status: turned ? "enabled" : "disabled", disabledAt: turned ? null : now }),
    },
  });
  if (turned === false) {
    await failPending(sql, id, "The endpoint was disabled.", now);
  }
  const changed = changesOf(before, endpoint, turned);
  if (changed !== null) {
    const resource = { type: "webhookEndpoint", id } as const;
    record({ organizationId, type: "webhook_endpoint.updated", resource, ...changed });
  }
  return endpoint;
}

function changesOf(before: WebhookEndpoint, after: WebhookEndpoint, turned: boolean | undefined) {
  const told = (endpoint: WebhookEndpoint, enabled: boolean) => {
    const { host, description, types } = toldOf(endpoint);
    return {
      ...(before.url === after.url ? {} : { host }),
      ...(before.description === after.description ? {} : { description }),
      ...(before.types.join() === after.types.join() ? {} : { types }),
      ...(turned === undefined ? {} : { enabled }),
    };
  };
  const [was, is] = [told(before, turned === false), told(after, turned === true)];
  return Object.keys(is).length === 0 ? null : { before: was, after: is };
}

/** The new secret is in the result alone; null where there is no such endpoint. A third one ends at once. */
export async function rotateSecret(
  transaction: RecordedTransaction,
  secrets: SecretBox,
  { id, organizationId }: EndpointName,
  previousUntil: Date,
): Promise<{ readonly endpoint: WebhookEndpoint; readonly secret: string } | null> {
  const { tx, record } = transaction;
  const before = await lock(transaction, { id, organizationId });
  if (before === null) {
    return null;
  }
  const secret = newSecret();
  const old = secrets.open(before.secret, sealContext("webhook_endpoints.secret", id));
  const endpoint = await tx.webhookEndpoint.update({
    where: { id, organizationId },
    data: {
      secret: secrets.seal(secret, sealContext("webhook_endpoints.secret", id)),
      previousSecret: secrets.seal(old, sealContext("webhook_endpoints.previous_secret", id)),
      previousSecretUntil: previousUntil,
    },
  });
  record({
    organizationId,
    type: "webhook_endpoint.secret_rotated",
    resource: { type: "webhookEndpoint", id },
    data: { previousUntil: previousUntil.toISOString() },
  });
  return { endpoint, secret };
}

/** Has a test event told to the endpoint. "disabled": it would not be. Null where there is no such endpoint. */
export async function testEndpoint(
  transaction: RecordedTransaction,
  { id, organizationId }: EndpointName,
): Promise<"recorded" | "disabled" | null> {
  const endpoint = await lock(transaction, { id, organizationId });
  if (endpoint === null || endpoint.status !== "enabled") {
    return endpoint && "disabled";
  }
  transaction.record({
    organizationId,
    type: "webhook_endpoint.tested",
    resource: { type: "webhookEndpoint", id },
    data: { message: "This is a test. Nothing has happened." },
  });
  return "recorded";
}

/** With its deliveries. Resolves to false where there is no such endpoint. */
export async function deleteEndpoint(
  transaction: RecordedTransaction,
  { id, organizationId }: EndpointName,
): Promise<boolean> {
  const before = await lock(transaction, { id, organizationId });
  if (before === null) {
    return false;
  }
  await transaction.tx.webhookEndpoint.delete({ where: { id, organizationId } });
  transaction.record({
    organizationId,
    type: "webhook_endpoint.deleted",
    resource: { type: "webhookEndpoint", id },
    before: toldOf(before),
  });
  return true;
}

/** Wipes secrets whose time after a rotation is over. Resolves to how many. */
export async function forgetReplacedSecrets(sql: Sql, now: Date): Promise<number> {
  const { rowCount } = await sql.query(
    `UPDATE webhook_endpoints SET previous_secret = NULL, previous_secret_until = NULL
     WHERE previous_secret_until < $1`,
    [now],
  );
  return rowCount ?? 0;
}

/** Against whoever fans out, finishes or changes it meanwhile. */
async function lock(
  { tx, sql }: RecordedTransaction,
  { id, organizationId }: EndpointName,
): Promise<WebhookEndpoint | null> {
  await sql.query("SELECT id FROM webhook_endpoints WHERE id = $1::uuid FOR NO KEY UPDATE", [id]);
  return tx.webhookEndpoint.findFirst({ where: { id, organizationId } });
}

function toldOf({ url, description, types }: WebhookEndpoint) {
  return { host: new URL(url).host, description, types };
}
