import { samlServiceProvider } from "@sallyport/connections";
import { createTestIdp } from "@sallyport/saml/testing";
import { createBrowser } from "@sallyport/testing-browser";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answerSaml, postSaml, type SamlRequest, startSaml } from "../../testing/saml-login.ts";
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

const TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient";
const refuse = ({ connectionId, id }: SamlRequest) =>
  idp.errorResponse(
    {
      acsUrl: samlServiceProvider(fixture.publicUrl, connectionId).acsUrl,
      inResponseTo: id,
      now: fixture.now(),
    },
    { code: "urn:oasis:names:tc:SAML:2.0:status:Responder" },
  );

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

  it.each<[string, number, (request: SamlRequest) => string]>([
    ["response_invalid", 400, (request) => answerSaml(fixture, createTestIdp(), request)],
    ["identity_unusable", 403, (request) => answerSaml(fixture, idp, request, { nameIdFormat: TRANSIENT })],
    ["idp_refused", 403, (request) => refuse(request)],
  ])("ends on the page that the first did where that was refused: %s", async (code, status, respond) => {
    const browser = createBrowser();
    const request = await startSaml(fixture, browser, connectionId);
    const response = respond(request);
    const attempts = await records();
    const pages = await Promise.all([1, 2].map(() => postSaml(fixture, browser, request, response)));
    for (const page of [...pages, await postSaml(fixture, browser, request, response)]) {
      expect(page.status).toBe(status);
      expect(page.body).toContain(code);
    }
    expect(await records()).toBe(attempts);
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
