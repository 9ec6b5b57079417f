/**
 * RelayState of logout messages as an open redirect: many service providers send the browser to whatever it says.
 * CWE-601; SAML 2.0 Bindings §3.4.3, §3.5.3.
 */

import { openRedirectMessage } from "@sallyport/saml";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LogoutVictim, obeyed, SIGNED_OUT, startLogoutVictim } from "./logout-victim.ts";

const TARGETS = [
  "https://evil.example/",
  "//evil.example/",
  "/\\evil.example",
  "javascript:alert(1)",
  `${SIGNED_OUT}.evil.example`,
  "/console",
];
let victim: LogoutVictim;
beforeAll(async () => {
  victim = await startLogoutVictim();
});
afterAll(() => victim.stop());

describe.each(TARGETS)("%j", (relayState) => {
  it("goes back to the IdP with its own answer, and leads nowhere", async () => {
    for (const message of [
      victim.acme.logoutOf().query(relayState),
      { SAMLRequest: victim.acme.logoutOf().formValue(), RelayState: relayState },
    ]) {
      const page = await victim.acme.bring(message);
      expect(obeyed(page)).toBe(true);
      const { origin, search } = new URL(page.location);
      expect(origin).toBe("https://idp.example.test");
      expect(openRedirectMessage(search)).toMatchObject({ ok: true, kind: "SAMLResponse", relayState });
    }
  });

  it("does not lead the end of a sign-out astray: it goes where the application registered", async () => {
    const person = await victim.acme.signIn();
    const { id: inResponseTo } = await victim.leave(person);
    const answer = victim.idp.logoutResponse({ destination: victim.acme.sloUrl, inResponseTo });
    const page = await person.browser.get(`${victim.acme.sloUrl}?${answer.query(relayState)}`);
    expect([page.status, page.location]).toEqual([303, SIGNED_OUT]);
  });

  it("of a stranger's answer goes nowhere", async () => {
    const answer = victim.idp.logoutResponse({ destination: victim.acme.sloUrl, inResponseTo: "_x" });
    const page = await victim.acme.bring(answer.query(relayState));
    expect([page.status, page.location]).toEqual([400, ""]);
    expect(page.body).not.toContain("evil.example");
  });
});

it("is written as text into the page that posts it", async () => {
  const SAMLResponse = victim.idp
    .logoutResponse({ destination: victim.acme.sloUrl, inResponseTo: "_x" })
    .formValue();
  const RelayState = `"><script src="https://evil.example/x.js">`;
  const page = await victim.acme.bring({ SAMLResponse, RelayState });
  expect(page.status).toBe(200);
  expect(page.body).not.toContain('<script src="https://evil.example');
  expect(page.body).toContain("&quot;&gt;&lt;script");
});

it("is refused where it is longer than any IdP's", async () => {
  const message = { SAMLRequest: victim.acme.logoutOf().formValue(), RelayState: "x".repeat(2_049) };
  expect((await victim.acme.bring(message)).status).toBe(400);
});
