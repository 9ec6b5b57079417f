import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LogoutVictim, startLogoutVictim } from "../../attacks/saml/logout-victim.ts";
import {
  SESSION_REVOKED,
  type SignalApp,
  type SignalSite,
  startSignalSite,
  VERIFICATION,
} from "../../harness/signals.ts";
import { start } from "./client.ts";

describe("as a receiver", () => {
  let site: SignalSite;
  let app: SignalApp;
  beforeAll(async () => {
    site = await startSignalSite();
    app = await site.addApp("python");
  });
  afterAll(() => site.stop());

  it.each(["poll", "push"])("it hears of the end of a session by %s", async (how) => {
    const client = start("client.py", how, site.gateway.url, app.clientId, app.clientSecret);
    await client.next(); // its stream is ready
    expect(await client.next()).toMatchObject({
      claims: { events: { [VERIFICATION]: { state: "a state" } } },
    });
    const ann = await site.addPerson();
    const sessionId = await ann.signIn(app.id);
    await site.endSession(ann.organizationId, sessionId);
    expect(await client.next()).toMatchObject({
      claims: {
        sub_id: { session: { id: sessionId }, user: { sub: ann.userId } },
        events: { [SESSION_REVOKED]: { reason_admin: { en: expect.any(String) } } },
      },
    });
    expect(await client.ended).toBe(0);
  });
});

describe("as a transmitter", () => {
  let victim: LogoutVictim;
  beforeAll(async () => {
    victim = await startLogoutVictim();
  });
  afterAll(() => victim.stop());

  it("has a person's sessions ended", async () => {
    const { acme } = victim;
    const client = start("client.py", "transmit");
    const { issuer, jwksUri } = await client.next();
    const audience = "https://sso.example.test";
    const path = `/organizations/${acme.slug}/connections/${acme.connectionId}`;
    const { body } = await victim.site.gateway.api("PATCH", path, {
      saml: { signals: { issuer, jwksUri, audience } },
    });
    const url = (body as { saml: { signalEventsUri: string } }).saml.signalEventsUri;
    const [jo, bo] = [await acme.signIn(), await acme.signIn({ nameId: "bo@example.test" })];
    const tell = (type: string, subject: object) => {
      client.process.stdin.write(`${JSON.stringify({ url, audience, type, subject })}\n`);
      return client.next();
    };
    expect(await tell(VERIFICATION, { format: "opaque", id: "a stream" })).toEqual({
      status: 202,
      answer: null,
    });
    expect(await victim.isLive(jo)).toBe(true);
    expect(await tell(SESSION_REVOKED, { format: "email", email: "jo@example.test" })).toEqual({
      status: 202,
      answer: null,
    });
    expect([await victim.isLive(jo), await victim.isLive(bo)]).toEqual([false, true]);
    client.process.stdin.end();
    expect(await client.ended).toBe(0);
  });
});
