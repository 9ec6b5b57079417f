import { createTestIdp } from "@sallyport/saml/testing";
import { createBrowser } from "@sallyport/testing-browser";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answerSaml, postSaml, startSaml } from "../../testing/saml-login.ts";
import { createSignInFixture, type SignInFixture } from "../../testing/sign-in-fixture.ts";

const idp = createTestIdp();
let fixture: SignInFixture;
let connectionId: string;

beforeAll(async () => {
  fixture = await createSignInFixture();
  connectionId = await fixture.addSamlConnection(await fixture.addOrganization("acme", ["acme.com"]), idp);
});
afterAll(() => fixture.close());

const records = () => fixture.database.prisma.loginRecord.count({ where: { connectionId } });

describe("a response that its browser posts twice", () => {
  it("ends where the first did, with no session and no record more", async () => {
    const browser = createBrowser();
    const request = await startSaml(fixture, browser, connectionId);
    const response = answerSaml(fixture, idp, request);
    const first = await postSaml(fixture, browser, request, response);
    const sessions = await fixture.database.prisma.session.count();
    const attempts = await records();
    const second = await postSaml(fixture, browser, request, response);
    expect([second.status, second.location]).toEqual([303, first.location]);
    expect(await fixture.database.prisma.session.count()).toBe(sessions);
    expect(await records()).toBe(attempts);
  });

  it("ends on the page that the first did where that was refused, and tells its cause", async () => {
    const browser = createBrowser();
    const request = await startSaml(fixture, browser, connectionId);
    const response = answerSaml(fixture, createTestIdp(), request);
    const pages = await Promise.all([1, 2].map(() => postSaml(fixture, browser, request, response)));
    for (const page of [...pages, await postSaml(fixture, browser, request, response)]) {
      expect(page.status).toBe(400);
      expect(page.body).toContain("response_invalid");
    }
  });

  it("is a login that was used, once whoever pressed the button has long gone on", async () => {
    const browser = createBrowser();
    const request = await startSaml(fixture, browser, connectionId);
    const response = answerSaml(fixture, idp, request);
    expect((await postSaml(fixture, browser, request, response)).status).toBe(303);
    fixture.advance(11_000);
    const late = await postSaml(fixture, browser, request, response);
    expect(late.status).toBe(400);
    expect(late.body).toContain("login_used");
  });
});
