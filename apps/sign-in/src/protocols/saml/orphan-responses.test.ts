import { deflateRawSync } from "node:zlib";
import { createTestIdp } from "@sallyport/saml/testing";
import { createBrowser } from "@sallyport/testing-browser";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { answerSaml, postSaml, startSaml } from "../../testing/saml-login.ts";
import { createSignInFixture, type SignInFixture } from "../../testing/sign-in-fixture.ts";

// Responses that belong to no login, or came by a way that is none: each leaves a record from which an administrator sees
// what the IdP sent.

const idp = createTestIdp();
let fixture: SignInFixture;
let connectionId: string;
let sibling: string;

beforeAll(async () => {
  fixture = await createSignInFixture();
  const acme = await fixture.addOrganization("acme", ["acme.com"]);
  connectionId = await fixture.addSamlConnection(acme, idp);
  sibling = await fixture.addSamlConnection(acme, idp);
});
afterAll(() => fixture.close());

const acs = (id = connectionId) => `${fixture.publicUrl}/sso/saml/${id}/acs`;
const records = (id = connectionId) =>
  fixture.database.prisma.loginRecord.findMany({
    where: { connectionId: id },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
  });

const ARTIFACT = Buffer.concat([
  Buffer.from([0, 4, 0, 0]),
  Buffer.alloc(20, 0xab),
  Buffer.from("message-handle-of-20"),
]).toString("base64");

function redirected(): string {
  const xml = Buffer.from(answerSaml(fixture, idp, { connectionId, id: "_x" }), "base64");
  return new URLSearchParams({
    SAMLResponse: deflateRawSync(xml).toString("base64"),
    RelayState: "x",
  }).toString();
}

describe("a response by a binding that the ACS does not take leaves a record with what came", () => {
  it("by GET, as HTTP-Redirect carries it", async () => {
    const page = await createBrowser().get(`${acs()}?${redirected()}`);
    expect([page.status, page.headers.get("allow")]).toEqual([405, "POST"]);
    const [record] = await records();
    expect(record).toMatchObject({ outcome: "failure", errorCode: "response_by_redirect" });
    expect(record?.response).toContain('InResponseTo="_x"');
    expect(record?.response).toMatch(/SignatureValue[^>]*>\[masked\]</);
    expect(JSON.stringify(record?.steps)).toContain("HTTP-POST");
  });

  it("by GET, as it would be posted", async () => {
    const SAMLResponse = answerSaml(fixture, idp, { connectionId, id: "_y" });
    const page = await createBrowser().get(`${acs()}?${new URLSearchParams({ SAMLResponse })}`);
    expect(page.status).toBe(405);
    const [record] = await records();
    expect(record?.response).toContain('InResponseTo="_y"');
    expect(record?.response).toMatch(/SignatureValue[^>]*>\[masked\]</);
  });

  it.each(["GET", "POST"])(
    "as an artifact, by %s, without the handle that it could be resolved by",
    async (method) => {
      const fields = { SAMLart: ARTIFACT, RelayState: "x" };
      const browser = createBrowser();
      const page =
        method === "GET"
          ? await browser.get(`${acs()}?${new URLSearchParams(fields)}`)
          : await browser.post(acs(), fields);
      expect(page.status).toBe(method === "GET" ? 405 : 400);
      const [record] = await records();
      expect(record).toMatchObject({
        errorCode: "response_by_artifact",
        response: `SAMLart: type 4, endpoint index 0, source ${"ab".repeat(20)}, message handle [masked]`,
      });
      expect(JSON.stringify(record)).not.toContain(ARTIFACT.slice(-20));
    },
  );

  it("but a page that somebody opened by hand, and a HEAD, leave none", async () => {
    const before = (await records()).length;
    expect((await createBrowser().get(acs())).status).toBe(405);
    expect((await fetch(`${acs()}?${redirected()}`, { method: "HEAD" })).status).toBe(405);
    expect((await records()).length).toBe(before);
  });
});

describe("a response to a login of another connection", () => {
  it("names it in the record where both are of one organization", async () => {
    const browser = createBrowser();
    const request = await startSaml(fixture, browser, connectionId);
    const response = answerSaml(fixture, idp, { ...request, connectionId: sibling });
    const page = await postSaml(fixture, browser, { ...request, connectionId: sibling }, response);
    expect(page.status).toBe(400);
    const [record] = await records(sibling);
    expect(record).toMatchObject({ outcome: "failure", errorCode: "login_unknown" });
    expect(JSON.stringify(record?.steps)).toContain(`started at connection ${connectionId}`);
    expect(record?.response).toContain(`InResponseTo="${request.id}"`);
    expect(page.body).not.toContain(connectionId);
  });

  it("says nothing of it where they are of two", async () => {
    const bravo = await fixture.addSamlConnection(await fixture.addOrganization("bravo"), idp);
    const browser = createBrowser();
    const request = await startSaml(fixture, browser, connectionId);
    const response = answerSaml(fixture, idp, { ...request, connectionId: bravo });
    await postSaml(fixture, browser, { ...request, connectionId: bravo }, response);
    const [record] = await records(bravo);
    expect(record).toMatchObject({ outcome: "failure", errorCode: "login_unknown" });
    expect(JSON.stringify(record?.steps)).not.toContain(connectionId);
  });
});

it("a response that is no XML is kept as far as it can be read, its signature masked in any encoding", async () => {
  const text = "<Response><SignatureValue>c2VjcmV0</SignatureValue></Respon";
  for (const bytes of [Buffer.from(text, "utf8"), Buffer.from(text, "utf16le")]) {
    const SAMLResponse = bytes.toString("base64");
    expect((await createBrowser().post(acs(), { SAMLResponse })).status).toBe(400);
    const [record] = await records();
    expect(record?.response).toContain("<SignatureValue>[masked]");
    expect(record?.response).not.toContain("c2VjcmV0");
  }
});
