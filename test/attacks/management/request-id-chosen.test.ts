/**
 * A request id of the attacker's choice: records and log lines are found by it, so whoever chooses one hides among others,
 * or has somebody else's records found in place of their own. CWE-345, CWE-117.
 */

import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { startTestGateway, type TestGateway } from "../../harness/gateway.ts";

let open: TestGateway;
let proxied: TestGateway;
beforeAll(async () => {
  open = await startTestGateway();
  proxied = await startTestGateway({ env: { TRUST_PROXY: "loopback" } });
  for (const gateway of [open, proxied]) {
    await gateway.api("POST", "/organizations", { slug: "acme", name: "Acme" });
  }
}, 60_000);
afterAll(async () => {
  await open.stop();
  await proxied.stop();
});

const events = z.object({ items: z.array(z.object({ requestId: z.string() })) });
const CHOSEN = "chosen-by-an-attacker";

/** The id that the answer tells, and the one of the event that the request left. */
async function idsOf(gateway: TestGateway, key: string) {
  const { status, headers } = await fetch(`${gateway.url}/api/v1/organizations/acme/roles`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${gateway.rootKey}`,
      "content-type": "application/json",
      "x-request-id": CHOSEN,
    },
    body: JSON.stringify({ key, name: key }),
  });
  expect(status).toBe(201);
  const { body } = await gateway.api("GET", "/organizations/acme/audit-events?type=role.created&limit=1");
  return { told: headers.get("x-request-id"), recorded: events.parse(body).items[0]?.requestId };
}

it.each([
  ["a stranger", () => open],
  ["a proxy that is trusted", () => proxied],
])("is no record's: of %s", async (name, gateway) => {
  const { told, recorded } = await idsOf(gateway(), name.replaceAll(" ", "-"));
  expect(told).toMatch(/^[\da-f-]{36}$/);
  expect(recorded).toBe(told);
});

it("is in the log beside ours, of a proxy that is trusted alone", () => {
  expect(open.logLines.join("")).not.toContain(CHOSEN);
  expect(proxied.logLines.join("")).toContain(`"proxyRequestId":"${CHOSEN}"`);
});
