/**
 * Logout messages that no IdP sent: each that is refused is a record. Whoever sends them must not keep the IdP from signing
 * people out who are behind the same address. CWE-770 (allocation without limits), CWE-645 (an attacker's lockout).
 */

import { afterAll, beforeAll, expect, it } from "vitest";
import { type LogoutVictim, obeyed, startLogoutVictim } from "../saml/logout-victim.ts";

let victim: LogoutVictim;
beforeAll(async () => {
  victim = await startLogoutVictim();
});
afterAll(() => victim.stop());

const records = async () => {
  const { rows } = await victim.site.gateway.database.sql.query<{ rows: number; longest: number }>(
    `SELECT count(*)::int AS rows, max(coalesce(octet_length(response), 0) + octet_length(steps::text))::int AS longest
     FROM login_records WHERE connection_id = $1`,
    [victim.acme.connectionId],
  );
  return rows[0] ?? { rows: 0, longest: 0 };
};

it("leave few records, each short, and then none", async () => {
  const before = (await records()).rows;
  const SAMLRequest = Buffer.from(`<a>${"a".repeat(100_000)}</a>`).toString("base64");
  const statuses: number[] = [];
  for (let n = 0; n < 60; n++) {
    statuses.push((await victim.acme.bring({ SAMLRequest })).status);
  }
  const refused = statuses.filter((status) => status === 429).length;
  expect(refused).toBeGreaterThan(10);
  expect(statuses.filter((status) => status === 400)).toHaveLength(60 - refused);
  const after = await records();
  expect(after.rows).toBe(before + 60 - refused);
  expect(after.longest).toBeLessThan(8_192);
});

it("tell when to come back", async () => {
  const answer = await fetch(`${victim.acme.sloUrl}?SAMLRequest=AAAA`);
  expect([answer.status, Number(answer.headers.get("retry-after")) > 0]).toEqual([429, true]);
});

it("keep no honest one from being obeyed, from the very same address", async () => {
  const ann = await victim.acme.signIn();
  expect(obeyed(await victim.acme.bring(victim.acme.logoutOf().query()))).toBe(true);
  expect(await victim.isLive(ann)).toBe(false);
});
