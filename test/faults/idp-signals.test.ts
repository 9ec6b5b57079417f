import { addPerson, type TestPerson } from "@sallyport/sessions/testing";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type ScriptedTransmitter, startTransmitter } from "../harness/transmitter.ts";
import { type Installation, startInstallation } from "./installation.ts";

// A worker is killed between what it did and what it acknowledges of an identity provider's signals (RFC 8936): the transmitter
// sends them again, to it or to another worker, and nothing is done twice.

const ROUNDS = process.env.FAULTS === "long" ? 20 : 2;

let installation: Installation;
let transmitter: ScriptedTransmitter;
let ann: TestPerson;
beforeEach(async () => {
  installation = await startInstallation({ workers: 2, env: { OUTBOUND_ALLOW: "127.0.0.0/8,::1/128" } });
  transmitter = await startTransmitter();
  ann = await addPerson(installation.database);
  await installation.database.prisma.connection.update({
    where: { id: ann.connectionId },
    data: {
      settings: {
        ...{ issuer: "https://idp.example.test", clientId: "gateway", scopes: ["openid"] },
        signals: { issuer: transmitter.issuer },
      },
    },
  });
  await installation.database.prisma.identity.create({
    data: {
      ...{ id: ann.userId, organizationId: ann.organizationId, userId: ann.userId },
      ...{ connectionId: ann.connectionId, issuer: "https://idp.example.test", subject: "ann" },
    },
  });
});
afterEach(async () => {
  await installation.stop();
  await transmitter.close();
});

/** What a lease does after a minute: what was under way is due. */
const endLeases = () =>
  installation.database.sql.query("UPDATE idp_streams SET due_at = now() WHERE due_at > now()");

async function makeStream(): Promise<void> {
  const path = `/organizations/${ann.organizationId}/connections/${ann.connectionId}/signals/stream`;
  const response = await fetch(`${installation.gateways[0]?.url}/api/v1${path}`, {
    method: "PUT",
    headers: { authorization: `Bearer ${installation.rootKey}`, "content-type": "application/json" },
    body: JSON.stringify({ mode: "poll", accessToken: transmitter.accessToken }),
  });
  expect([response.status, await response.text()]).toEqual([200, expect.any(String)]);
}

it("acts once on what it is told at least once, whenever the worker is killed", async () => {
  await makeStream();
  await vi.waitFor(() => expect(transmitter.acknowledged).toHaveLength(1), { timeout: 20_000 }); // the verification
  let polls = 0;
  let underWay = 0;
  let most = 0;
  const jtis: string[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const sessionId = await ann.signIn();
    let acknowledging: () => void = () => undefined;
    const atAcknowledgement = new Promise<void>((resolve) => {
      acknowledging = resolve;
    });
    transmitter.answers.poll = (req, res, body) => {
      const { ack = [] } = JSON.parse(body) as { ack?: string[] };
      polls += 1;
      underWay += 1;
      most = Math.max(most, underWay);
      res.once("close", () => {
        underWay -= 1;
      });
      if (ack.length > 0) {
        return acknowledging(); // it is never answered, nor noted
      }
      res.writeHead(200, { "content-type": "application/json" });
      res.end(JSON.stringify({ sets: Object.fromEntries(transmitter.waiting) }));
      void req;
    };
    jtis.push(await transmitter.tell({ format: "opaque", id: "ann" }));
    await endLeases();
    await atAcknowledgement;
    const session = await installation.database.prisma.session.findUniqueOrThrow({
      where: { id: sessionId },
    });
    expect(session.revokedAt).not.toBeNull(); // done, and not acknowledged
    await Promise.all(installation.workers.map((worker) => worker.kill()));
    // What began since is not meant by the event that comes again.
    const anew = await ann.signIn();
    transmitter.answers = {};
    await endLeases();
    await Promise.all(installation.workers.map((worker) => worker.start()));
    const jti = jtis.at(-1);
    await vi.waitFor(() => expect(transmitter.acknowledged).toContain(jti), {
      timeout: 30_000,
      interval: 100,
    });
    const after = await installation.database.prisma.session.findUniqueOrThrow({ where: { id: anew } });
    expect(after.revokedAt).toBeNull();
  }
  expect(polls).toBeGreaterThanOrEqual(2 * ROUNDS);
  expect(most).toBe(1); // two workers, and one stream: never both
  const { rows } = await installation.database.sql.query<{ jti: string }>(
    "SELECT data->>'jti' AS jti FROM events WHERE type = 'connection.signal_received' AND data->>'type' LIKE '%session-revoked'",
  );
  expect(rows.map(({ jti }) => jti).toSorted()).toEqual(jtis.toSorted());
  expect(transmitter.refused.size).toBe(0);
}, 240_000);
