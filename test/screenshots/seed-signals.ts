import { setTimeout as sleep } from "node:timers/promises";
import type { TestGateway } from "../harness/gateway.ts";
import { addApp, insertStream, PUSH, startPushReceiver } from "../harness/signals.ts";

const CAEP = "https://schemas.openid.net/secevent/caep/event-type/";
const HOUR_MS = 3_600_000;

/** An application with streams that get on in different ways, and one without any. */
export async function seedSignals(gateway: TestGateway): Promise<void> {
  await addApp(gateway, "Intranet");
  const helpdesk = await addApp(gateway, "Helpdesk");
  const ago = (ms: number) => new Date(Date.now() - ms);
  const settled = (type: string, state: "delivered" | "refused", minutes: number, tries: number) => ({
    ...{ jti: crypto.randomUUID(), type, state, tries },
    at: ago(minutes * 60_000).toISOString(),
    error: state === "refused" ? "invalid_request" : null,
  });
  await insertStream(gateway, helpdesk.id, {
    ...{ description: "Signs agents out of the ticket queue", delivery: "push" },
    endpointUrl: "https://helpdesk.example.com/identity/security-events/sallyport",
    lastDeliveredAt: ago(4 * 60_000),
    ...{
      lastError: "It refused an event (invalid_request).",
      lastErrorStatus: 400,
      lastErrorAt: ago(HOUR_MS),
    },
    recentDeliveries: [
      settled(`${CAEP}session-revoked`, "delivered", 4, 1),
      settled(`${CAEP}token-claims-change`, "delivered", 31, 3),
      settled(`${CAEP}session-revoked`, "refused", 60, 1),
      settled(`${CAEP}session-revoked`, "delivered", 190, 1),
    ],
  });
  const receiver = await startPushReceiver();
  receiver.answer = { status: 503 };
  const { stream_id } = await helpdesk.createStream({
    ...{ description: "Reporting, weekly figures and who may read them", format: "email" },
    delivery: { method: PUSH, endpoint_url: receiver.url },
  });
  await gateway.api("POST", `/applications/${helpdesk.id}/signal-streams/${stream_id}/verification`);
  await insertStream(gateway, helpdesk.id, {
    ...{ description: "Old warehouse", delivery: "push", endpointUrl: "https://warehouse.example.com/ssf" },
    ...{ status: "disabled", statusBy: "gateway", statusReason: "Its oldest event was not taken for 7 days" },
    ...{
      lastError: "warehouse.example.com could not be reached (ENOTFOUND).",
      lastErrorAt: ago(2 * HOUR_MS),
    },
    lastDeliveredAt: ago(190 * HOUR_MS),
  });
  await insertStream(gateway, helpdesk.id);
  while ((await gateway.database.prisma.signalStream.count({ where: { attempts: { gt: 0 } } })) === 0) {
    await sleep(100);
  }
}
