import { createTestIdp } from "@sallyport/saml/testing";
import { type Browser, createBrowser, type Page } from "@sallyport/testing-browser";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { createSignIn } from "../index.ts";
import { answerSaml, postSaml, startSaml } from "../testing/saml-login.ts";
import { createSignInFixture, type SignInFixture } from "../testing/sign-in-fixture.ts";
import { SignInFailure } from "./failures.ts";
import type { FurtherStep, VerifiedLogin } from "./further-steps.ts";
import type { SignInForm } from "./sign-in-form.ts";

// Two steps, as a passkey and a consent may come to be: a code that only some are asked for, and terms that all accept.

const CODE: SignInForm = {
  title: "Enter your code",
  button: "Continue",
  fields: [{ name: "code", label: "Code", type: "text" }],
};
const TERMS: SignInForm = {
  title: "Accept our terms",
  button: "Accept",
  fields: [{ name: "answer", label: "Answer", type: "text" }],
};

const idp = createTestIdp();
const seen: VerifiedLogin[] = [];
const codeStep: FurtherStep = {
  name: "code",
  ask: async ({ identity }) => (identity.groups.includes("Admins") ? CODE : null),
  async check(login, { code }) {
    seen.push(login);
    return code === "123456" ? null : { ...CODE, problem: "This is not the code." };
  },
};
const termsStep: FurtherStep = {
  name: "terms",
  ask: async () => TERMS,
  async check(_login, { answer }) {
    if (answer !== "yes") {
      throw new SignInFailure("idp_refused");
    }
    return null;
  },
};

let fixture: SignInFixture;
let connectionId: string;

beforeAll(async () => {
  fixture = await createSignInFixture((deps) =>
    createSignIn(deps, { furtherSteps: [codeStep, termsStep] }).routes(deps.interactions),
  );
  connectionId = await fixture.addSamlConnection(await fixture.addOrganization("acme", ["acme.com"]), idp);
});
beforeEach(() => {
  seen.length = 0;
});
afterAll(() => fixture.close());

/** Signs in at the IdP: what the browser is shown then, and what it would post to the ACS again. */
async function signInAtIdp(browser: Browser, groups: string[]) {
  const request = await startSaml(fixture, browser, connectionId);
  const response = answerSaml(fixture, idp, request, {
    nameId: "ann@acme.com",
    attributes: { groups },
    sessionIndex: "_s1",
  });
  const answer = await postSaml(fixture, browser, request, response);
  return { request, response, page: answer.status === 303 ? await browser.get(answer.location) : answer };
}

async function fillIn(browser: Browser, page: Page, fields: Record<string, string>): Promise<Page> {
  const answer = await browser.post(page.form?.action ?? "", { ...page.form?.fields, ...fields });
  return answer.location.startsWith(fixture.publicUrl) ? browser.get(answer.location) : answer;
}

const sessions = () => fixture.database.prisma.session.count();
async function lastRecord() {
  return fixture.database.prisma.loginRecord.findFirst({
    where: { connectionId },
    orderBy: { createdAt: "desc" },
  });
}
const isSignedIn = (page: Page) => page.location.startsWith("https://app.example.test/callback?session=");

describe("between a verified response and the session", () => {
  it("each step that asks shows its form, in order, and only then somebody is signed in", async () => {
    const browser = createBrowser();
    const before = await sessions();
    const { page: code } = await signInAtIdp(browser, ["Admins"]);
    expect(code.body).toContain(CODE.title);
    expect(await lastRecord()).toMatchObject({
      outcome: "started",
      response: expect.stringContaining("ann@acme.com"),
      steps: [
        {},
        {},
        { name: "response_received" },
        {},
        { name: "normalized" },
        { name: "step_asked", detail: { step: "code" } },
      ],
    });

    const terms = await fillIn(browser, code, { code: "123456" });
    expect(terms.body).toContain(TERMS.title);
    expect(await sessions()).toBe(before);

    expect(isSignedIn(await fillIn(browser, terms, { answer: "yes" }))).toBe(true);
    expect(await sessions()).toBe(before + 1);
    const record = await lastRecord();
    expect(record).toMatchObject({ outcome: "success", response: expect.stringContaining("ann@acme.com") });
    expect(z.array(z.object({ name: z.string() })).parse(record?.steps)).toEqual([
      { name: "started" },
      { name: "redirected" },
      { name: "response_received" },
      { name: "validated" },
      { name: "normalized" },
      { name: "step_asked" },
      { name: "step_passed" },
      { name: "step_asked" },
      { name: "step_passed" },
      { name: "signed_in" },
    ]);
  });

  it("a response that is posted twice leads to the same form", async () => {
    const browser = createBrowser();
    const { request, response, page } = await signInAtIdp(browser, ["Admins"]);
    const second = await postSaml(fixture, browser, request, response);
    expect(second.status).toBe(303);
    expect((await browser.get(second.location)).form?.action).toBe(page.form?.action);
  });

  it("a step that does not ask is passed over", async () => {
    const browser = createBrowser();
    const { page } = await signInAtIdp(browser, ["Staff"]);
    expect(page.body).toContain(TERMS.title);
    expect(isSignedIn(await fillIn(browser, page, { answer: "yes" }))).toBe(true);
  });

  it("a step sees the identity as it was verified, dates and IdP session included", async () => {
    const browser = createBrowser();
    const { page } = await signInAtIdp(browser, ["Admins"]);
    await fillIn(browser, page, { code: "123456" });
    expect(seen[0]?.identity).toMatchObject({
      issuer: idp.entityId,
      email: "ann@acme.com",
      groups: ["Admins"],
      authTime: expect.any(Date),
      idpSession: { nameId: "ann@acme.com", sessionIndex: "_s1" },
    });
    expect(seen[0]?.assertion?.replayableUntil).toBeInstanceOf(Date);
  });

  it("a form can be reloaded, and asked again with what was wrong", async () => {
    const browser = createBrowser();
    const { page } = await signInAtIdp(browser, ["Admins"]);
    const reloaded = await browser.get(page.form?.action ?? "");
    expect(reloaded.body).toContain(CODE.title);
    const again = await fillIn(browser, reloaded, { code: "000000" });
    expect(again.status).toBe(422);
    expect(again.body).toContain("This is not the code.");
    expect((await fillIn(browser, again, { code: "123456" })).body).toContain(TERMS.title);
  });

  it("a step can end the login, on a page and in its record", async () => {
    const browser = createBrowser();
    const before = await sessions();
    const { page } = await signInAtIdp(browser, []);
    expect((await fillIn(browser, page, { answer: "no" })).status).toBe(403);
    expect(await sessions()).toBe(before);
    expect(await lastRecord()).toMatchObject({ outcome: "failure", errorCode: "idp_refused" });
  });
});

describe("a login that waits at a step", () => {
  it("is of one browser: another neither sees its form nor passes it", async () => {
    const browser = createBrowser();
    const { page } = await signInAtIdp(browser, []);
    const action = page.form?.action ?? "";
    const thief = createBrowser();
    await fixture.visit(thief, { connection: connectionId }); // has a cookie of its own
    expect((await thief.get(action)).status).toBe(400);
    expect((await thief.post(action, { answer: "yes" })).status).toBe(400);
    expect(isSignedIn(await fillIn(browser, page, { answer: "yes" }))).toBe(true);
  });

  it("is taken once: a form that is posted again signs nobody in", async () => {
    const browser = createBrowser();
    const { page } = await signInAtIdp(browser, []);
    expect(isSignedIn(await fillIn(browser, page, { answer: "yes" }))).toBe(true);
    const before = await sessions();
    expect((await fillIn(browser, page, { answer: "yes" })).status).toBe(400);
    expect(await sessions()).toBe(before);
  });

  it("cannot be passed by the IdP's response, nor by an id of another kind", async () => {
    const browser = createBrowser();
    const { page, request } = await signInAtIdp(browser, []);
    const before = await sessions();
    const id = (page.form?.action ?? "").split("/").at(-1) ?? "";
    const response = answerSaml(fixture, idp, request, { nameId: "ann@acme.com" });
    expect((await postSaml(fixture, browser, { ...request, relayState: id }, response)).status).toBe(400);
    const other = await startSaml(fixture, browser, connectionId);
    expect(
      (await browser.post(`${fixture.publicUrl}/sign-in/steps/${other.relayState}`, { answer: "yes" }))
        .status,
    ).toBe(400);
    expect(await sessions()).toBe(before);
    expect(isSignedIn(await fillIn(browser, page, { answer: "yes" }))).toBe(true);
  });

  it("ends with its time, and where its connection is disabled meanwhile", async () => {
    const browser = createBrowser();
    const { page } = await signInAtIdp(browser, []);
    await fixture.database.prisma.connection.update({
      where: { id: connectionId },
      data: { status: "disabled" },
    });
    expect((await fillIn(browser, page, { answer: "yes" })).body).toContain("connection_disabled");
    await fixture.database.prisma.connection.update({
      where: { id: connectionId },
      data: { status: "active" },
    });

    const { page: late } = await signInAtIdp(browser, []);
    fixture.advance(11 * 60 * 1000);
    expect((await fillIn(browser, late, { answer: "yes" })).status).toBe(400);
  });
});
