import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchBrowser } from "../harness/browser.ts";
import { startTestGateway, type TestGateway } from "../harness/gateway.ts";
import { choosePerson, demoUrlOf, newPerson, readRefusal, readSession, signIn } from "./demo-app.ts";

let gateway: TestGateway;
let browser: Browser;
let clockAheadMs = 0;
beforeAll(async () => {
  const now = () => new Date(Date.now() + clockAheadMs);
  [gateway, browser] = await Promise.all([startTestGateway({ demo: true, now }), launchBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await gateway.stop();
});

/** The page says what happened and what to do, and its request id leads to the log. */
async function expectRefusal(page: Page, title: string, advice: RegExp): Promise<void> {
  const refusal = await readRefusal(page);
  expect(refusal.title).toBe(title);
  expect(refusal.text).toMatch(advice);
  expect(refusal.text).not.toMatch(/\n\s+at /);
  const logged = gateway.logLines.filter((line) => line.includes(refusal.requestId));
  expect(logged.some((line) => line.includes("sign-in failed"))).toBe(true);
}

async function startSignIn(page: Page, organization: string): Promise<void> {
  await page.goto(`${demoUrlOf(gateway)}/login?organization=${organization}`);
}

/** The first request of a page, redirects included, whose URL matches. */
function requestTo(page: Page, url: RegExp) {
  return page.waitForRequest((request) => url.test(request.url()));
}

/** Posts a form as a page of another site would. The values are base64 and hold nothing to escape. */
async function postForm(page: Page, action: string, fields: Record<string, string>): Promise<void> {
  const inputs = Object.entries(fields).map(([name, value]) => `<input name="${name}" value="${value}">`);
  await page.goto("about:blank");
  await page.setContent(
    `<form method="post" action="${action}">${inputs.join("")}<button>Send</button></form>`,
  );
  await page.getByRole("button", { name: "Send" }).click();
}

describe("where to sign in", () => {
  it("an unknown organization", async () => {
    const page = await newPerson(browser);
    await startSignIn(page, "nowhere");
    await expectRefusal(page, "We do not know this organization", /Check the address/);
  });

  it("a connection that was disabled: before the person leaves for the IdP, and while there", async () => {
    const { body } = await gateway.api("GET", "/organizations/acme/connections");
    const [{ id }] = (body as { items: [{ id: string }] }).items;
    const setStatus = (status: string) =>
      gateway.api("PATCH", `/organizations/acme/connections/${id}`, { status });

    const page = await newPerson(browser);
    await startSignIn(page, "acme");
    expect((await setStatus("disabled")).status).toBe(200);
    await choosePerson(page, "Ann Archer");
    await expectRefusal(page, "This way to sign in is turned off", /Ask your administrator/);
    await startSignIn(page, "acme");
    await expectRefusal(page, "This way to sign in is turned off", /Ask your administrator/);

    await setStatus("active");
    await startSignIn(page, "acme");
    await choosePerson(page, "Ann Archer");
    expect((await readSession(page)).identity).toMatchObject({ email: "ann@acme.example" });
  });
});

describe("what the IdP answers", () => {
  it("an error: the person may try again, or return to the application, which is told", async () => {
    const page = await newPerson(browser);
    const asked = requestTo(page, /\/oidc\/auth\?/);
    await startSignIn(page, "bravo");
    const { searchParams } = new URL((await asked).url());
    const callback = new URL(searchParams.get("redirect_uri") ?? "");
    callback.search = new URLSearchParams({
      error: "access_denied",
      error_description: "User is not assigned",
      state: searchParams.get("state") ?? "",
      iss: new URL("/oidc", (await asked).url()).href,
    }).toString();

    await page.goto(callback.href);
    await expectRefusal(page, "Your sign-in service said no", /Try again, or: ask your administrator/);
    await page.getByRole("link", { name: "Try again" }).click();
    await page.getByText("Bravo's demo identity provider").waitFor();

    await page.goBack();
    await page.getByRole("button", { name: "Return to Demo app" }).click();
    await page.getByRole("heading", { name: "You are not signed in" }).waitFor();
    expect(page.url()).toContain(`${demoUrlOf(gateway)}/callback?error=access_denied`);
  });

  it("ten minutes later: the sign-in has expired", async () => {
    const page = await newPerson(browser);
    await startSignIn(page, "acme");
    clockAheadMs = 11 * 60 * 1000;
    try {
      await choosePerson(page, "Ann Archer");
      await expectRefusal(page, "This sign-in took too long", /sign in again/);
    } finally {
      clockAheadMs = 0;
    }
  });

  it("with a code, a second time", async () => {
    const page = await newPerson(browser);
    const returned = requestTo(page, /\/sso\/oidc\/.+\/callback\?/);
    await signIn(page, gateway, "bravo", "Dana Diaz");
    await readSession(page);
    await page.goto((await returned).url());
    await expectRefusal(page, "This sign-in was used already", /sign in again/);
  });

  it("with an assertion, a second time: for the same sign-in, and for another", async () => {
    const page = await newPerson(browser);
    const posted = requestTo(page, /\/sso\/saml\/.+\/acs$/);
    await signIn(page, gateway, "acme", "Ann Archer");
    await readSession(page);
    const acs = (await posted).url();
    const { SAMLResponse = "", RelayState = "" } = (await posted).postDataJSON() as Record<string, string>;

    // As by a double click, in the same browser: it ends where the first did, at the application, which has used its code.
    await postForm(page, acs, { SAMLResponse, RelayState });
    await page.waitForURL((url) => url.origin === new URL(demoUrlOf(gateway)).origin);

    const victim = await newPerson(browser);
    const asked = requestTo(victim, /\/saml\/sso\?/);
    await startSignIn(victim, "acme");
    const another = new URL((await asked).url()).searchParams.get("RelayState") ?? "";
    await postForm(victim, acs, { SAMLResponse, RelayState: another });
    await expectRefusal(victim, "The answer could not be accepted", /Ask your administrator/);

    // Once more by the same browser: as the first time.
    await postForm(victim, acs, { SAMLResponse, RelayState: "" });
    await expectRefusal(victim, "The answer could not be accepted", /Ask your administrator/);

    const stranger = await newPerson(browser);
    await postForm(stranger, acs, { SAMLResponse, RelayState: "" });
    await expectRefusal(stranger, "Please start at the application", /sign in from there/);
  });

  it("brought by another browser than the one that asked", async () => {
    const page = await newPerson(browser);
    const asked = requestTo(page, /\/oidc\/auth\?/);
    await startSignIn(page, "bravo");
    const { searchParams } = new URL((await asked).url());
    const stranger = await newPerson(browser);
    await stranger.goto(`${searchParams.get("redirect_uri")}?code=x&state=${searchParams.get("state")}`);
    await expectRefusal(stranger, "This sign-in was started elsewhere", /all in this browser/);
  });
});
