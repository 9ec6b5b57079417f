/**
 * Refresh flood: a signature that no certificate verifies has the metadata looked at soon, for an IdP may have taken a new
 * key. Anybody can post such a signature, and so have the gateway ask somebody else's server, or its own database, at will.
 * CWE-406 (amplification), CWE-400.
 */

import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { type MetadataVictim, startMetadataVictim } from "./metadata-victim.ts";
import { newIdp } from "./victim.ts";

const idp = newIdp();
const evil = newIdp(idp.entityId);
let victim: MetadataVictim;
beforeAll(async () => {
  victim = await startMetadataVictim(idp.metadata());
});
afterAll(() => victim.stop());

/** Has the connection's last look lie so many minutes back. */
const lookedAt = (minutesAgo: number) =>
  victim.site.gateway.database.sql.query(
    "UPDATE connection_metadata SET checked_at = now() - make_interval(mins => $1) WHERE connection_id = $2",
    [minutesAgo, victim.tenant.connectionId],
  );
const dueInMinutes = async () => {
  const { rows } = await victim.site.gateway.database.sql.query<{ minutes: number }>(
    "SELECT extract(epoch FROM due_at - now())::float8 / 60 AS minutes FROM connection_metadata WHERE connection_id = $1",
    [victim.tenant.connectionId],
  );
  return rows[0]?.minutes ?? 0;
};

it("brings one look, and the next one five minutes later at the soonest", async () => {
  await lookedAt(60);
  const before = victim.server.requests;
  for (let n = 0; n < 30; n++) {
    expect(await victim.letsIn(evil)).toBe(false);
  }
  await vi.waitFor(() => expect(victim.server.requests).toBe(before + 1), 10_000);
  for (let n = 0; n < 10; n++) {
    expect(await victim.letsIn(evil)).toBe(false);
  }
  expect(await victim.letsIn(idp)).toBe(true);
  expect(victim.server.requests).toBe(before + 1);
  expect(await dueInMinutes()).toBeGreaterThan(4);
});

it("brings none where the answer belongs to no sign-in that was started", async () => {
  await lookedAt(60);
  const before = victim.server.requests;
  const response = evil.signResponse({
    ...{ audience: victim.tenant.spEntityId, acsUrl: victim.tenant.acsUrl, inResponseTo: "_none" },
  });
  for (let n = 0; n < 10; n++) {
    const page = await victim.tenant.post(victim.site.newBrowser(), {
      SAMLResponse: response,
      RelayState: "x",
    });
    expect(page.status).toBeGreaterThanOrEqual(400);
  }
  expect(await victim.letsIn(idp)).toBe(true);
  expect(victim.server.requests).toBe(before);
  expect(await dueInMinutes()).toBeGreaterThan(4);
});
