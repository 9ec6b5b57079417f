import { type MetadataServer, startMetadataServer } from "@sallyport/connections/idp-metadata/testing";
import { createTestIdp, type TestIdp } from "@sallyport/saml/testing";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { answer, letIn, signIn } from "../attacks/saml/victim.ts";
import { type SamlSite, type SamlTenant, startSamlSite } from "../harness/saml-site.ts";

const idp = createTestIdp();
const rolled = createTestIdp();

let site: SamlSite;
let server: MetadataServer;
let tenant: SamlTenant;
beforeAll(async () => {
  site = await startSamlSite();
  server = await startMetadataServer(idp.metadata());
  tenant = await site.addTenant("acme", { metadataUrl: server.url });
  // The connection was made an hour ago, as far as its metadata is concerned.
  await site.gateway.database.sql.query(
    "UPDATE connection_metadata SET checked_at = now() - interval '1 hour'",
  );
});
afterAll(async () => {
  await server.close();
  await site.stop();
});

async function login(by: TestIdp) {
  const browser = site.newBrowser();
  const { departure, page } = await signIn(tenant, browser, (each) => answer(tenant, by, each));
  return letIn(page) ? (await tenant.arrive(browser, departure, page)).email : null;
}

const events = async (type: string) =>
  (await site.gateway.api("GET", `/organizations/acme/audit-events?type=connection.${type}`)).body;

it("an identity provider takes a new key unannounced: one login fails, and those after it work with nobody's hand", async () => {
  expect(await login(idp)).toBe("jo@example.test");
  server.serve(idp.metadata({ certificates: [idp.certificate, rolled.certificate] }));
  expect(await login(rolled)).toBe(null);
  expect(await tenant.lastRecord()).toMatchObject({ errorCode: "signature_invalid" });
  await vi.waitFor(
    async () => expect(await events("metadata_applied")).toMatchObject({ items: [expect.anything()] }),
    { timeout: 60_000, interval: 100 },
  );
  expect(await login(rolled)).toBe("jo@example.test");
  expect(await login(idp)).toBe("jo@example.test");
  expect(await events("metadata_applied")).toMatchObject({
    items: [
      {
        actor: { type: "system" },
        data: { certificatesAdded: [expect.anything()], certificatesRemoved: [], settings: [] },
      },
    ],
  });
});
