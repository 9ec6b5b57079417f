import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { z } from "zod";
import type { TestGateway } from "../harness/gateway.ts";

type Call = (method: string, path: string, body?: unknown) => Promise<unknown>;

const demoFacts = z.object({
  directories: z.record(z.string(), z.object({ baseUrl: z.string(), token: z.string() })),
});
const resources = z.object({ Resources: z.array(z.object({ id: z.string() })) });
const list = z.object({ items: z.array(z.unknown()) });

/** Roles of Acme beside those of the demo, the groups that give them, and a change of the directory that its guard holds. */
export async function seedRoles(gateway: TestGateway, call: Call): Promise<void> {
  const roles = [
    { key: "billing-admin", name: "Billing administrator", permissions: ["billing:read", "billing:write"] },
    { key: "auditor", name: "Auditor (read only, all regions)", permissions: [] },
  ];
  for (const role of roles) {
    await call("POST", "/organizations/acme/roles", role);
  }
  await call("PUT", "/organizations/acme/group-mappings", [
    { group: "Administrators", role: "admin" },
    { group: "Sales", role: "seller" },
    { group: "Support", role: "billing-admin" },
    { group: "Engineering", role: "engineer" },
    { group: "Contractors (EMEA)", role: "engineer" },
    { group: "Finance", role: "auditor" },
  ]);
  const active = async () =>
    list.parse(await call("GET", "/organizations/acme/members?status=active&limit=200")).items.length;
  await until(async () => (await active()) > 50);
  await call("PUT", "/organizations/acme/guard", { share: 0, people: 3, minutes: 60 });
  await deactivateSome(gateway);
  await until(
    async () =>
      list.parse(await call("GET", "/organizations/acme/held-changes?status=held")).items.length > 0,
  );
}

async function deactivateSome(gateway: TestGateway): Promise<void> {
  const demo = demoFacts.parse(JSON.parse(await readFile(join(gateway.dataDir, "demo.json"), "utf8")));
  const { baseUrl, token } = demo.directories.acme ?? { baseUrl: "", token: "" };
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/scim+json" };
  const found = await fetch(`${baseUrl}/Users?count=12&startIndex=40`, { headers });
  for (const { id } of resources.parse(await found.json()).Resources) {
    await fetch(`${baseUrl}/Users/${id}`, {
      method: "PATCH",
      headers,
      body: JSON.stringify({
        schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        Operations: [{ op: "replace", value: { active: false } }],
      }),
    });
  }
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) {
    await setTimeout(100);
  }
}
