import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { z } from "zod";
import { launchBrowser } from "../harness/browser.ts";
import { startTestGateway, type TestGateway } from "../harness/gateway.ts";
import { type ScriptedTransmitter, startTransmitter } from "../harness/transmitter.ts";
import { violations } from "./accessibility.ts";
import { openConsole } from "./console-session.ts";

// A connection's section Signals: whose security events count, and the stream at the identity provider.

let gateway: TestGateway;
let browser: Browser;
let transmitter: ScriptedTransmitter;
let path: string;
let turn = 0;

beforeAll(async () => {
  gateway = await startTestGateway({ env: { OUTBOUND_ALLOW: "127.0.0.0/8,::1/128" } });
  browser = await launchBrowser();
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await gateway?.stop();
});
beforeEach(async () => {
  transmitter = await startTransmitter("/tenant");
  const slug = `signals-${++turn}`;
  await gateway.api("POST", "/organizations", { slug, name: "Company" });
  const { body } = await gateway.api("POST", `/organizations/${slug}/connections`, {
    ...{ type: "oidc", name: "Okta", provider: "okta" },
    oidc: { issuer: "https://acme.okta.example", clientId: "gateway", clientSecret: "secret" },
  });
  path = `/organizations/${slug}/connections/${z.object({ id: z.string() }).parse(body).id}`;
});
afterEach(() => transmitter.close());

const settingOf = async () =>
  z
    .object({ oidc: z.object({ signals: z.object({ issuer: z.string() }).loose().nullable() }) })
    .parse((await gateway.api("GET", path)).body).oidc.signals;

it("names the transmitter, makes the stream there, verifies and removes it, and turns it off", async () => {
  const page = await openConsole(browser, gateway, path);
  const section = page.getByRole("region", { name: "Signals" });
  await section.getByRole("textbox", { name: "Issuer of the transmitter" }).fill("no address");
  await section.getByRole("button", { name: "Save changes" }).click();
  const issuer = section.getByRole("textbox", { name: "Issuer of the transmitter" });
  await expect.poll(() => issuer.getAttribute("aria-invalid")).toBe("true");
  await issuer.fill(transmitter.issuer);
  await section.getByRole("button", { name: "Save changes" }).click();
  await section.getByText("None was made here.").waitFor();
  expect(await settingOf()).toEqual({ issuer: transmitter.issuer });

  const token = section.getByLabel("Access token of the identity provider");
  await token.fill("wrong");
  await section.getByRole("button", { name: "Make stream" }).click();
  await section.getByText("The transmitter does not take the credential.").waitFor();
  expect(transmitter.streams.size).toBe(0);
  await token.fill(transmitter.accessToken);
  await section.getByRole("radio", { name: /^Poll/ }).check();
  await section.getByRole("button", { name: "Make stream" }).click();
  const [made] = await expect
    .poll(() => [...transmitter.streams.keys()])
    .not.toEqual([])
    .then(() => [...transmitter.streams.keys()]);
  await section.getByText(made ?? "", { exact: true }).waitFor();
  await section.getByText("Enabled", { exact: true }).waitFor();
  await section.getByText("By polling, every few seconds").waitFor();
  expect(await token.inputValue()).toBe("");

  await section.getByRole("button", { name: "Verify", exact: true }).click();
  await page.getByText("A verification event was asked for.").waitFor();
  await section.getByRole("button", { name: "Remove stream" }).click();
  const question = page.getByRole("dialog");
  await question.getByRole("button", { name: "Remove stream" }).click();
  await section.getByText("None was made here.").waitFor();
  await section.getByRole("button", { name: "Turn off" }).click();
  await expect.poll(settingOf).toBeNull();
});

it("says what to do on an error, and shows a transmitter's words as text (CWE-79)", async () => {
  const evil = '<img src=x onerror="document.title=1">';
  await gateway.api("PATCH", path, { oidc: { signals: { issuer: transmitter.issuer } } });
  await gateway.api("PUT", `${path}/signals/stream`, { mode: "push", accessToken: transmitter.accessToken });
  transmitter.answers.status = (_req, res) => {
    const [stream_id] = transmitter.streams.keys();
    res.writeHead(200, { "content-type": "application/json" });
    res.end(JSON.stringify({ stream_id, status: "paused", reason: evil }));
  };
  const page = await openConsole(browser, gateway, path);
  const section = page.getByRole("region", { name: "Signals" });
  await section.getByRole("button", { name: "Check now" }).click();
  await section.getByText("The identity provider sends nothing now.").waitFor();
  await section.getByText(evil).waitFor();
  expect(await page.locator("img[src=x]").count()).toBe(0);
  transmitter.answers.discovery = (_req, res) => void res.writeHead(302, { location: "/jwks" }).end();
  await section.getByRole("button", { name: "Check now" }).click();
  await section.getByText("Look at the issuer and its certificate").waitFor();
  expect(await page.title()).not.toBe("1");
  expect(await page.content()).not.toContain(transmitter.accessToken);
});

it.each([{}, { dark: true }, { phone: true }])("axe finds nothing there (%j)", async (options) => {
  await gateway.api("PATCH", path, { oidc: { signals: { issuer: transmitter.issuer } } });
  await gateway.api("PUT", `${path}/signals/stream`, { mode: "push", accessToken: transmitter.accessToken });
  const page = await openConsole(browser, gateway, path, options);
  await page.getByRole("button", { name: "Make stream anew" }).waitFor();
  await page.waitForLoadState("networkidle");
  expect(await violations(page)).toEqual([]);
});
