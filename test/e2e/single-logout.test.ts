import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createTestIdp, type TestIdp } from "@sallyport/saml/testing";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { launchBrowser } from "../harness/browser.ts";
import { startTestGateway, type TestGateway } from "../harness/gateway.ts";
import { demoUrlOf, newPerson, readSession, signIn } from "./demo-app.ts";

const demoFacts = z.object({
  samlIdp: z.object({ privateKey: z.string(), certificate: z.string() }),
  connections: z.object({ acme: z.object({ id: z.string() }) }),
});
const connection = z.object({ saml: z.object({ idpEntityId: z.string(), spSloUrl: z.string() }) });

let gateway: TestGateway;
let browser: Browser;
/** The demo IdP, speaking for itself. */
let idp: TestIdp;
let sloUrl: string;
beforeAll(async () => {
  [gateway, browser] = await Promise.all([startTestGateway({ demo: true }), launchBrowser()]);
  const facts = demoFacts.parse(JSON.parse(await readFile(join(gateway.dataDir, "demo.json"), "utf8")));
  const path = `/organizations/acme/connections/${facts.connections.acme.id}`;
  const { saml } = connection.parse((await gateway.api("GET", path)).body);
  idp = createTestIdp({ entityId: saml.idpEntityId, ...facts.samlIdp });
  sloUrl = saml.spSloUrl;
});
afterAll(async () => {
  await browser.close();
  await gateway.stop();
});

const events = async (type: string) =>
  (await gateway.api("GET", `/organizations/acme/audit-events?type=${type}`)).body;

it("signing out at the app goes by way of the IdP, and ends at the app", async () => {
  const page = await newPerson(browser);
  await signIn(page, gateway, "acme", "Ben Baker");
  const { identity } = await readSession(page);
  const asked = page.waitForRequest((request) => request.url().includes("/slo?SAMLRequest="));
  await page.getByRole("button", { name: "Sign out" }).click();
  expect((await asked).url().startsWith(sloUrl)).toBe(false);
  await page.getByRole("link", { name: "Acme (SAML)" }).waitFor();
  expect(page.url()).toBe(`${demoUrlOf(gateway)}/`);
  expect(await events("connection.logout_answered")).toMatchObject({
    items: [{ outcome: "success", data: { sessionId: identity.sid } }],
  });
});

it("signing out at the IdP ends the session on screen, in an app that knows nothing of SAML", async () => {
  const page = await newPerson(browser);
  await signIn(page, gateway, "acme", "Ann Archer");
  const { identity } = await readSession(page);
  const request = idp.logoutRequest({ destination: sloUrl, nameId: "ann@acme.example" });

  const elsewhere = await page.context().newPage();
  const form = `<form method="post" action="${sloUrl}"><input name="SAMLRequest" value="${request.formValue()}"></form>`;
  await elsewhere.setContent(form);
  const answered = elsewhere.waitForRequest((each) => each.url().includes("/slo?SAMLResponse="));
  await elsewhere.evaluate("document.forms[0].submit()");
  expect(new URL((await answered).url()).searchParams.get("Signature")).not.toBe(null);

  await page.getByRole("heading", { name: "You were signed out" }).waitFor();
  const session = await gateway.api("GET", `/organizations/acme/sessions/${identity.sid}`);
  expect(session.body).toMatchObject({ live: false, revokedReason: "idp_logout" });
});
