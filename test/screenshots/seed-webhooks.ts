import { startReceiver } from "@sallyport/webhooks/testing";
import { z } from "zod";
import type { TestGateway } from "../harness/gateway.ts";

type Call = (method: string, path: string, body?: unknown) => Promise<unknown>;

const withId = z.object({ id: z.string() });

/** Webhooks of Acme: one that works but for some of it, one that is gone, one of which nothing is known yet. */
export async function seedWebhooks(gateway: TestGateway, call: Call): Promise<void> {
  const receiver = await startReceiver();
  let told = 0;
  receiver.answer = ({ path, message }, res) => {
    if (path === "/old") {
      return 410;
    }
    if (message.type === "role.created" && ++told === 2) {
      res.writeHead(503, { "content-type": "application/json" });
      res.end('{"error":"The database of the CRM is being restored. Try again in a quarter of an hour."}');
      return undefined;
    }
    return 204;
  };
  const add = async (path: string, more: object) =>
    withId.parse(
      await call("POST", "/webhook-endpoints", {
        url: `${receiver.url}${path}`,
        organization: "acme",
        ...more,
      }),
    ).id;
  const crm = await add("/crm/sallyport-events", {
    description: "CRM: suspends accounts",
    types: ["membership.*", "role.*", "session.revoked"],
  });
  await add("/old", { description: "The data warehouse that was", types: ["role.*"] });
  await call("POST", "/webhook-endpoints", {
    url: "https://hooks.siem.example/services/collector/identity-and-access/production/eu-central",
    organization: "acme",
  });
  await call("POST", "/webhook-endpoints", {
    url: "https://events.internal.example/sallyport",
    organization: null,
    description: "Billing",
    types: ["organization.*"],
  });
  for (const key of ["buyer", "approver", "treasurer"]) {
    await call("POST", "/organizations/acme/roles", { key, name: `${key[0]?.toUpperCase()}${key.slice(1)}` });
  }
  await call("POST", `/webhook-endpoints/${crm}/test`);
  const { prisma } = gateway.database;
  while (
    (await prisma.webhookAttempt.count()) < 5 ||
    (await prisma.webhookDelivery.count({ where: { attempts: 0, status: "pending" } })) > 0
  ) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await receiver.close();
}
