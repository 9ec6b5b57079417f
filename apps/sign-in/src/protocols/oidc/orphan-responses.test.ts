import { createBrowser } from "@sallyport/testing-browser";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSignInFixture, type SignInFixture } from "../../testing/sign-in-fixture.ts";

// Answers at the callback that belong to no login: the record is all that tells an administrator of them.

let fixture: SignInFixture;
let connectionId: string;

beforeAll(async () => {
  fixture = await createSignInFixture();
  const settings = { issuer: "https://op.example.test", clientId: "gateway", clientSecret: "s" };
  connectionId = await fixture.addOidcConnection(await fixture.addOrganization("acme"), settings);
});
afterAll(() => fixture.close());

const callback = (parameters: Record<string, string>) =>
  `${fixture.publicUrl}/sso/oidc/${connectionId}/callback?${new URLSearchParams(parameters)}`;
const records = () =>
  fixture.database.prisma.loginRecord.findMany({
    where: { connectionId },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
  });

describe("an error of the IdP's without our state", () => {
  it("is in the record with its cause, its advice and the answer", async () => {
    const answered = { error: "invalid_request", error_description: "redirect_uri is not registered" };
    const page = await createBrowser().get(callback(answered));
    expect(page.status).toBe(400);
    expect(page.body).not.toContain("redirect_uri is not registered");
    const [record] = await records();
    expect(record).toMatchObject({ outcome: "failure", errorCode: "oidc_invalid_request" });
    for (const told of ["without the state", "the redirect URI is not registered", "redirect_uri is not"]) {
      expect(JSON.stringify(record?.steps)).toContain(told);
    }
    expect(record?.response).toContain("error=invalid_request");
  });

  it("says the same with a state that is empty or is not ours", async () => {
    for (const state of ["", "of-somebody-else"]) {
      await createBrowser().get(callback({ error: "access_denied", state }));
      expect((await records())[0]).toMatchObject({ errorCode: "oidc_access_denied" });
    }
  });
});

it("an answer that belongs to no login is kept without what could be redeemed", async () => {
  const secrets = { code: "c-secret", id_token: "i-secret", access_token: "a-secret", response: "r-secret" };
  const page = await createBrowser().get(callback({ ...secrets, session_state: "shown" }));
  expect(page.status).toBe(400);
  const [record] = await records();
  expect(record).toMatchObject({ outcome: "failure", errorCode: "response_unsolicited" });
  expect(record?.response).toContain("session_state=shown");
  expect(record?.response).not.toContain("-secret");
});

it("whoever only looks, by HEAD, leaves nothing behind, at the callback and at the sign-in page", async () => {
  const before = (await records()).length;
  const browser = createBrowser();
  const { interactionId } = await fixture.visit(browser, {});
  const cookie = `sallyport-browser=${browser.cookies.value(fixture.publicUrl, "sallyport-browser")}`;
  for (const url of [
    callback({ error: "access_denied" }),
    `${fixture.publicUrl}/sign-in/${interactionId}?connection=${connectionId}`,
  ]) {
    const looked = await fetch(url, { method: "HEAD", headers: { cookie } });
    expect(looked.status).toBe(405);
    expect(looked.headers.get("allow")).not.toContain("HEAD");
  }
  expect((await records()).length).toBe(before);
});
