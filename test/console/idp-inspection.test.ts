import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createTestIdp } from "@sallyport/saml/testing";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { launchBrowser } from "../harness/browser.ts";
import { startTestGateway, type TestGateway } from "../harness/gateway.ts";
import { violations } from "./accessibility.ts";
import { chooseProduct, newContext, newSetupLink, openPage } from "./portal-visitor.ts";

// What is typed as an address is asked at once, and the page says what answers there.

let gateway: TestGateway;
let browser: Browser;
let server: Server;
let origin: string;
const idp = createTestIdp();
let asked: string[];

beforeAll(async () => {
  gateway = await startTestGateway({ env: { OUTBOUND_ALLOW: "127.0.0.0/8" } });
  browser = await launchBrowser();
  server = createServer((req, res) => {
    const path = req.url ?? "";
    asked.push(path);
    const document = (issuer: string) => ({
      ...{
        issuer,
        authorization_endpoint: `${issuer}/a`,
        token_endpoint: `${issuer}/t`,
        jwks_uri: `${issuer}/j`,
      },
    });
    const answers: Record<string, [string, string]> = {
      "/.well-known/openid-configuration": ["application/json", JSON.stringify(document(origin))],
      "/renamed/.well-known/openid-configuration": ["application/json", JSON.stringify(document(origin))],
      "/console/.well-known/openid-configuration": ["text/html", "<!doctype html><title>Console</title>"],
      "/metadata": ["application/xml", idp.metadata()],
      "/login": ["text/html", "<!doctype html><title>Sign in</title>"],
    };
    const [type, body] = answers[path] ?? ["text/plain", ""];
    res.writeHead(body === "" ? 404 : 200, { "content-type": type }).end(body);
  });
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  asked = [];
});
afterAll(async () => {
  server?.close();
  await browser?.close();
  await gateway?.stop();
});

async function openForm(slug: string, protocol: "SAML" | "OpenID Connect", language?: string): Promise<Page> {
  const page = await openPage(await newContext(browser), (await newSetupLink(gateway, slug, ["sso"])).url);
  await chooseProduct(page, "Another identity provider", protocol);
  await page.getByRole("button", { name: "I have done this" }).click();
  await page.getByRole("heading", { name: "Tell us about your identity provider" }).waitFor();
  if (language !== undefined) {
    await page.getByRole("combobox", { name: "Language" }).click();
    await page.getByRole("option", { name: language }).click();
  }
  return page;
}

it("an issuer is discovered while it is typed, once", async () => {
  const page = await openForm("discovered", "OpenID Connect");
  asked = [];
  await page.getByRole("textbox", { name: "Issuer" }).pressSequentially(origin, { delay: 20 });
  await page.getByText(`Found: ${origin}`).waitFor();
  expect(asked).toEqual(["/.well-known/openid-configuration"]);
  expect(await violations(page)).toEqual([]);
});

it("an issuer that the look-up refuses is saved only by who insists, and one that cannot be asked is saved at once", async () => {
  const page = await openForm("useless", "OpenID Connect");
  const connections = async () =>
    (
      (await gateway.api("GET", "/organizations/useless/connections")).body as {
        items: { oidc: { issuer: string } }[];
      }
    ).items;
  await page.getByRole("textbox", { name: "Client ID" }).fill("client");
  await page.getByLabel("Client secret").fill("secret");
  // Faster than the look-up, which comes while one types.
  await page.getByRole("textbox", { name: "Issuer" }).fill(`${origin}/nothing`);
  await page.getByRole("button", { name: "Check and save" }).click();
  await page.getByText("Nobody can sign in by this issuer as it answers now").waitFor();
  await page.getByText("There is no discovery document at this address").waitFor();
  expect(await violations(page)).toEqual([]);
  expect(await connections()).toEqual([]);

  await page.getByRole("textbox", { name: "Issuer" }).fill(`${origin}/nothing/else`);
  await page.getByRole("button", { name: "Check and save" }).click();
  await page.getByRole("button", { name: "Save it anyway" }).click();
  await page.getByText("Saved.", { exact: false }).waitFor();
  expect(await connections()).toMatchObject([{ oidc: { issuer: `${origin}/nothing/else` } }]);

  const busy = await openForm("busy", "OpenID Connect");
  await busy.route("**/idp-inspections", (route) => route.abort());
  await busy.getByRole("textbox", { name: "Client ID" }).fill("client");
  await busy.getByLabel("Client secret").fill("secret");
  await busy.getByRole("textbox", { name: "Issuer" }).fill(`${origin}/nothing`);
  await busy.getByRole("button", { name: "Check and save" }).click();
  await busy.getByText("Saved.", { exact: false }).waitFor();
});

it("another issuer in the document is shown, and taken by a click", async () => {
  const page = await openForm("renamed", "OpenID Connect");
  await page.getByRole("textbox", { name: "Issuer" }).fill(`${origin}/renamed`);
  await page.getByText("The document there names another issuer").waitFor();
  expect(await violations(page)).toEqual([]);
  await page.getByRole("button", { name: `Use ${origin}` }).click();
  await page.getByText(`Found: ${origin}`).waitFor();
  expect(await page.getByRole("textbox", { name: "Issuer" }).inputValue()).toBe(origin);
});

it("a page in place of a discovery document is named, as are Okta's and Entra's usual mistakes", async () => {
  const page = await openForm("mistaken", "OpenID Connect");
  const issuer = page.getByRole("textbox", { name: "Issuer" });
  await issuer.fill(`${origin}/console`);
  await page.getByText("There is no discovery document at this address").waitFor();
  await page.getByText("HTTP 200, text/html").waitFor();
  asked = [];
  await issuer.fill("https://acme-admin.okta.com");
  await page.getByText("This is the address of Okta's admin console").waitFor();
  await issuer.fill("https://login.microsoftonline.com/common/v2.0");
  await page.getByText("“common” stands for every tenant").waitFor();
  expect(asked).toEqual([]);
});

it("a metadata URL shows whose it is; one that answers a web page is named, in German too", async () => {
  const page = await openForm("metadata", "SAML", "Deutsch");
  const url = page.getByRole("textbox", { name: "Metadaten-URL" });
  await url.fill(`${origin}/login`);
  await page.getByText("Unter dieser Adresse liegt eine Webseite, keine Metadaten.").waitFor();
  await url.fill(`${origin}/nothing`);
  await page.getByText("Von dieser Adresse lassen sich keine Metadaten abrufen.").waitFor();
  await url.fill(`${origin}/metadata`);
  await page.getByText(`Gefunden: ${idp.entityId}`).waitFor();
  await page.getByText(/^Zertifikat gültig bis/).waitFor();
});
