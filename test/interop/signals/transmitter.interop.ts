import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { type LogoutVictim, startLogoutVictim } from "../../attacks/saml/logout-victim.ts";
import { SESSION_REVOKED, STREAM_UPDATED } from "../../harness/signals.ts";
import { start } from "./client.ts";

let victim: LogoutVictim;
beforeAll(async () => {
  victim = await startLogoutVictim();
});
afterAll(() => victim.stop());

it.each(["push", "poll"] as const)(
  "the gateway makes a stream at it, by %s, and acts on what it tells",
  async (mode) => {
    const { acme } = victim;
    const transmitter = start("transmitter.py");
    const { issuer, token } = await transmitter.next();
    const path = `/organizations/${acme.slug}/connections/${acme.connectionId}`;
    const api = (method: string, below: string, body?: unknown) =>
      victim.site.gateway.api(method, `${path}${below}`, body);
    expect((await api("PATCH", "", { saml: { signals: { issuer } } })).status).toBe(200);

    const made = await api("PUT", "/signals/stream", { mode, accessToken: token });
    expect([made.status, made.body]).toMatchObject([200, { mode, status: "enabled", lastError: null }]);
    const done = mode === "push" ? "taken" : "acknowledged";
    /** What it tells until an event was delivered. */
    const delivered = async (): Promise<unknown> => {
      for (;;) {
        const said = await transmitter.next();
        expect(said).not.toHaveProperty("refused");
        if (said[done] !== undefined) {
          return said[done];
        }
      }
    };
    await delivered();
    await vi.waitFor(async () =>
      expect((await api("GET", "/signals")).body).toMatchObject({ lastVerifiedAt: expect.any(String) }),
    );

    const [jo, bo] = [await acme.signIn(), await acme.signIn({ nameId: "bo@example.test" })];
    const tell = async (type: string, subject: object | null, event: object) => {
      transmitter.process.stdin.write(`${JSON.stringify({ type, subject, event })}\n`);
      return delivered();
    };
    await tell(
      SESSION_REVOKED,
      { format: "email", email: "jo@example.test" },
      { initiating_entity: "admin" },
    );
    expect([await victim.isLive(jo), await victim.isLive(bo)]).toEqual([false, true]);
    await tell(STREAM_UPDATED, null, { status: "paused", reason: "Maintenance" });
    expect((await api("GET", "/signals")).body).toMatchObject({
      status: "paused",
      statusReason: "Maintenance",
    });

    expect((await api("PATCH", "", { saml: { signals: null } })).status).toBe(200);
    const stream = (made.body as { streamId: string }).streamId;
    expect(await transmitter.next()).toEqual({ deleted: stream });
    transmitter.process.stdin.end();
    expect(await transmitter.ended).toBe(0);
  },
);
