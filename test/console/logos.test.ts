import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { launchBrowser } from "../harness/browser.ts";
import { startTestGateway, type TestGateway } from "../harness/gateway.ts";
import { greyPng, shade } from "../harness/png.ts";
import { violations } from "./accessibility.ts";
import { openConsole } from "./console-session.ts";
import { newContext, newSetupLink, openPage } from "./portal-visitor.ts";

// Names and logos, from the console's settings to the pages that show them.

const madeApplication = z.object({ clientId: z.string() });

let gateway: TestGateway;
let browser: Browser;
beforeAll(async () => {
  gateway = await startTestGateway();
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await gateway?.stop();
});

const picture = (level: number, name = "logo.png", mimeType = "image/png") => ({
  ...{ name, mimeType },
  buffer: greyPng(120, shade(120, level)),
});

async function choose(page: Page, button: string, file: ReturnType<typeof picture>): Promise<void> {
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: button }).click();
  await (await chooser).setFiles(file);
}

/** How wide a picture is that was loaded. Rejects where the page's policy, or the server, kept it away. */
const loadedWidth = (page: Page, name: string) =>
  page.getByRole("img", { name }).evaluate(async (element) => {
    const image = element as unknown as { decode(): Promise<void>; readonly naturalWidth: number };
    await image.decode();
    return image.naturalWidth;
  });

async function expectAccessible(page: Page): Promise<void> {
  expect(await violations(page)).toEqual([]);
}

it("an organization's logo goes from its settings to the setup page and to where people choose how to sign in", async () => {
  const { slug, url } = await newSetupLink(gateway, "customer", ["sso"]);
  const console = await openConsole(browser, gateway, `/organizations/${slug}/settings`);
  await choose(console, "Upload logo", picture(40));
  expect(await loadedWidth(console, "Logo of Customer")).toBe(120);
  await expectAccessible(console);

  await choose(console, "Replace logo", { ...picture(0), buffer: Buffer.from("<svg/>") });
  await console.getByText("Is no PNG or JPEG picture").waitFor();
  expect(await loadedWidth(console, "Logo of Customer")).toBe(120);

  const portal = await openPage(await newContext(browser, { dark: true, phone: true }), url);
  expect(await loadedWidth(portal, "Customer")).toBe(120);
  await expectAccessible(portal);

  for (const name of ["Okta", "Entra"]) {
    const oidc = { issuer: "https://idp.example.test", clientId: "x", clientSecret: "y" };
    const body = { type: "oidc", name, oidc };
    expect((await gateway.api("POST", `/organizations/${slug}/connections`, body)).status).toBe(201);
  }
  const redirectUris = ["https://app.example.test/callback"];
  const application = await gateway.api("POST", "/applications", { name: "Wiki", redirectUris });
  const authorize = new URL(`${gateway.url}/oauth2/authorize`);
  authorize.search = new URLSearchParams({
    ...{ client_id: madeApplication.parse(application.body).clientId, response_type: "code" },
    ...{ redirect_uri: redirectUris[0] ?? "", scope: "openid", organization: slug, state: "s", nonce: "n" },
    ...{ code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", code_challenge_method: "S256" },
  }).toString();
  const signIn = await openPage(await newContext(browser), authorize.href);
  await signIn.getByRole("heading", { name: "Choose how to sign in" }).waitFor();
  expect(await loadedWidth(signIn, "Customer")).toBe(120);
  await expectAccessible(signIn);

  await console.getByRole("button", { name: "Remove logo" }).click();
  await console.getByRole("button", { name: "Upload logo" }).waitFor();
  await portal.reload();
  await portal.getByRole("heading", { level: 1 }).waitFor();
  expect(await portal.getByRole("img", { name: "Customer" }).count()).toBe(0);
});

it("the operators' name and logo say who sent the link", async () => {
  const { url } = await newSetupLink(gateway, "other-customer", ["sso"]);
  const portal = await openPage(await newContext(browser), url);
  await portal.getByRole("heading", { level: 1 }).waitFor();
  expect(await portal.getByText("Sent by").count()).toBe(0); // nobody has named them yet

  const console = await openConsole(browser, gateway, "/organizations/operators/settings");
  await choose(console, "Upload logo", picture(90));
  await console.getByRole("img", { name: "Logo of Operators" }).waitFor();
  await console.getByRole("textbox", { name: "Name" }).fill("Contoso Cloud");
  await console.getByRole("button", { name: "Save changes" }).click();
  await console.getByText("Saved", { exact: true }).waitFor();
  await portal.reload();
  await portal.getByText("Sent by Contoso Cloud").waitFor();
  expect(await loadedWidth(portal, "Contoso Cloud")).toBe(120);
  await expectAccessible(portal);
});

it("the page of a sign-in that failed shows the logo to the browser whose sign-in it was, and to no other", async () => {
  const idp = createServer((req, res) => {
    const url = new URL(req.url ?? "", origin);
    if (url.pathname === "/a") {
      const back = new URL(url.searchParams.get("redirect_uri") ?? "");
      back.search = new URLSearchParams({
        error: "access_denied",
        state: url.searchParams.get("state") ?? "",
      }).toString();
      res.writeHead(302, { location: back.href }).end();
      return;
    }
    const endpoints = { authorization_endpoint: "/a", token_endpoint: "/t", jwks_uri: "/j" };
    const document = Object.fromEntries(
      Object.entries(endpoints).map(([name, path]) => [name, `${origin}${path}`]),
    );
    res
      .writeHead(200, { "content-type": "application/json" })
      .end(JSON.stringify({ issuer: origin, ...document }));
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => idp.once("listening", resolve));
  const origin = `http://127.0.0.1:${(idp.address() as AddressInfo).port}`;
  try {
    await gateway.api("POST", "/organizations", { slug: "refused", name: "Refused" });
    const image = greyPng(120, shade(120, 60)).toString("base64");
    expect((await gateway.api("PUT", "/organizations/refused/logo", { image })).status).toBeLessThan(300);
    const oidc = { issuer: origin, clientId: "x", clientSecret: "y" };
    await gateway.api("POST", "/organizations/refused/connections", { type: "oidc", name: "IdP", oidc });
    const redirectUris = ["https://app.example.test/callback"];
    const application = await gateway.api("POST", "/applications", { name: "Blog", redirectUris });
    const authorize = new URL(`${gateway.url}/oauth2/authorize`);
    authorize.search = new URLSearchParams({
      ...{ client_id: madeApplication.parse(application.body).clientId, response_type: "code" },
      ...{
        redirect_uri: redirectUris[0] ?? "",
        scope: "openid",
        organization: "refused",
        state: "s",
        nonce: "n",
      },
      ...{ code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", code_challenge_method: "S256" },
    }).toString();
    const page = await openPage(await newContext(browser), authorize.href);
    await page.getByRole("alert").waitFor();
    expect(await loadedWidth(page, "Refused")).toBe(120);
    await expectAccessible(page);

    const other = await openPage(await newContext(browser), page.url());
    await other.getByRole("alert").waitFor();
    expect(await other.getByRole("img").count()).toBe(0);
    expect(await other.content()).not.toContain("Refused");
  } finally {
    idp.close();
  }
});
