import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { launchBrowser } from "../harness/browser.ts";
import { startTestGateway, type TestGateway } from "../harness/gateway.ts";
import { violations } from "./accessibility.ts";
import { openConsole } from "./console-session.ts";

// Applications from their first secret to their end, and the queues.

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

const created = z.object({ id: z.string(), clientId: z.string(), clientSecret: z.string() });

async function newApplication(name: string) {
  const { body } = await gateway.api("POST", "/applications", {
    name,
    redirectUris: ["https://app.example.com/callback"],
  });
  return created.parse(body);
}

/** What the token endpoint says of a client: a code that is none is looked at only for whoever is known. */
async function tokenError(clientId: string, secret: string): Promise<unknown> {
  const response = await fetch(`${gateway.url}/oauth2/token`, {
    method: "POST",
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString("base64")}` },
    body: new URLSearchParams({ grant_type: "refresh_token", refresh_token: "unknown" }),
  });
  return z.object({ error: z.string() }).parse(await response.json()).error;
}

describe("an application", () => {
  it("is made with a secret that works, shown once, and with configuration to paste", async () => {
    const page = await openConsole(browser, gateway, "/applications?panel=new");
    const panel = page.getByRole("dialog");
    await panel.getByRole("textbox", { name: "Name" }).fill("Wiki");
    await panel.getByRole("textbox", { name: "Redirect URIs" }).fill("not a URI");
    await panel.getByRole("button", { name: "Create application" }).click();
    await expect
      .poll(() => panel.getByRole("textbox", { name: "Redirect URIs" }).getAttribute("aria-invalid"))
      .toBe("true");
    await panel.getByRole("textbox", { name: "Redirect URIs" }).fill("https://wiki.example.com/callback");
    await panel.getByRole("button", { name: "Create application" }).click();
    const row = await expect
      .poll(() => gateway.database.prisma.application.findFirst({ where: { name: "Wiki" } }))
      .not.toBeNull()
      .then(() => gateway.database.prisma.application.findFirstOrThrow({ where: { name: "Wiki" } }));
    const secret = await panel.getByText(/^client_/).innerText();
    expect(await tokenError(row.clientId, secret)).toBe("invalid_grant");

    await panel.getByRole("button", { name: "I have copied it" }).click();
    await page.getByRole("heading", { level: 1, name: "Wiki" }).waitFor();
    const code = page.getByRole("region", { name: "Node (openid-client)" });
    await code.getByText(row.clientId).waitFor();
    expect(await code.innerText()).not.toContain(secret);
    await page.getByRole("link", { name: "Spring" }).click();
    await page.getByRole("region", { name: "Spring" }).getByText(`issuer-uri: ${gateway.url}`).waitFor();
    await page.getByText("It has not asked for a sign-in yet.").waitFor();
  });

  it("saves what was changed and nothing else, takes a new secret, and goes", async () => {
    const { id, clientId, clientSecret } = await newApplication("CRM");
    const page = await openConsole(browser, gateway, `/applications/${id}`);
    const sent: unknown[] = [];
    page.on("request", (request) => {
      if (request.method() === "PATCH") {
        sent.push(request.postDataJSON());
      }
    });
    await page
      .getByRole("textbox", { name: "Post-logout redirect URIs" })
      .fill("https://app.example.com/\nhttps://app.example.com/bye");
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByText("Saved", { exact: true }).waitFor();
    expect(sent).toEqual([
      { postLogoutRedirectUris: ["https://app.example.com/", "https://app.example.com/bye"] },
    ]);

    await page.getByRole("button", { name: "New secret" }).click();
    await page.getByRole("button", { name: "Make new secret" }).click();
    const secret = await page
      .getByRole("dialog")
      .getByText(/^client_/)
      .innerText();
    expect(await tokenError(clientId, clientSecret)).toBe("invalid_client");
    expect(await tokenError(clientId, secret)).toBe("invalid_grant");
    await page.keyboard.press("Escape");

    await page.getByRole("button", { name: "Delete application" }).click();
    const dialog = page.getByRole("dialog");
    expect(await dialog.getByRole("button", { name: "Delete application" }).isDisabled()).toBe(true);
    await dialog.getByRole("textbox", { name: "Type CRM to confirm" }).fill("CRM");
    await dialog.getByRole("button", { name: "Delete application" }).click();
    await page.getByRole("heading", { level: 1, name: "Applications" }).waitFor();
    await expect.poll(() => tokenError(clientId, secret), { timeout: 20_000 }).toBe("invalid_client");
  });
});

it("the queues say what is left to do", async () => {
  const page = await openConsole(browser, gateway, "/queues");
  await page.getByText("The reconciler has nothing left to look at.").waitFor();
  await page
    .getByRole("row", { name: /reconcile/ })
    .first()
    .waitFor();
  await page.getByText("No job has failed in the last day.").waitFor();
});

it.each([{}, { dark: true }, { phone: true }])("axe finds nothing on these pages (%j)", async (options) => {
  const { id } = await newApplication("Shop");
  const page = await openConsole(browser, gateway, "", options);
  for (const path of ["/applications", "/applications?panel=new", `/applications/${id}`, "/queues"]) {
    await page.goto(`${gateway.url}/console${path}`);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.waitForLoadState("networkidle");
    expect([path, await violations(page)]).toEqual([path, []]);
  }
});
