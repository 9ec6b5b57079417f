import { type Database, newId, sqlOverPrisma } from "@sallyport/database";
import { type Event, recordEvents } from "@sallyport/events";
import type { SecretBox } from "@sallyport/secrets";
import { createEndpoint, type NewEndpoint } from "../endpoints/write.ts";

export interface TestEndpoint {
  readonly id: string;
  readonly secret: string;
}

/** An endpoint as the management API makes it. */
export function insertEndpoint(
  database: Database,
  secrets: SecretBox,
  endpoint: Partial<NewEndpoint> & { readonly url: string },
): Promise<TestEndpoint> {
  return database.prisma.$transaction(async (tx) => {
    const sql = sqlOverPrisma(tx);
    const events: Event[] = [];
    const made = await createEndpoint(
      {
        tx,
        sql,
        record: (event) => events.push({ ...event, actor: { type: "operator" } }),
      },
      secrets,
      { organizationId: null, description: "", types: [], ...endpoint },
    );
    await recordEvents(sql, events);
    return { id: made.endpoint.id, secret: made.secret };
  });
}

/** A delivery that was given up, with one attempt. Resolves to its id. */
export async function insertDelivery(
  database: Database,
  of: { readonly endpointId: string; readonly organizationId: string | null; readonly eventId?: string },
): Promise<string> {
  const id = newId();
  await database.prisma.webhookDelivery.create({
    data: {
      id,
      ...{ endpointId: of.endpointId, organizationId: of.organizationId, eventId: of.eventId ?? newId() },
      ...{ eventType: "membership.suspended", resource: `membership:${newId()}`, position: 1 },
      ...{ status: "failed", attempts: 1, lastStatus: 500, lastError: "The receiver answered 500." },
      finishedAt: new Date(),
    },
  });
  await database.prisma.webhookAttempt.create({
    data: {
      ...{ deliveryId: id, number: 1, at: new Date(), signature: "v1,c2ln", durationMs: 12 },
      ...{ status: 500, response: "broken", error: "The receiver answered 500." },
    },
  });
  return id;
}
