import { newId, type Sql } from "@sallyport/database";
import { createTestDatabase, type TestDatabase } from "@sallyport/database/testing";
import { fillOutbox, recordEvents } from "@sallyport/events";
import { createSecretBox, newEncryptionKey, type SecretBox } from "@sallyport/secrets";
import { anchorOf } from "../anchors.ts";
import { loadAuditKeys } from "../keys.ts";
import { forgetTrail } from "../organization.ts";
import { sealTrails } from "../seal-trails.ts";
import type { TrailReport } from "../verify/report.ts";
import { type KnownSeal, nextSeal } from "../verify/seals.ts";
import { listTrails, verifyTrail } from "../verify/verify-trail.ts";

/** A database with organizations whose events are recorded, numbered and sealed. */
export interface TrailWorld {
  readonly test: TestDatabase;
  readonly secrets: SecretBox;
  readonly encryptionKeys: readonly string[];
  addOrganization(): Promise<string>;
  /** Events, numbered but not sealed. */
  record(organizationId: string | null, count: number): Promise<void>;
  seal(): Promise<number>;
  verify(organizationId: string | null, anchors?: readonly KnownSeal[]): Promise<TrailReport>;
  /** Every seal as it would be written outside. */
  anchorLines(): Promise<string[]>;
  forget(sql: Sql, organizationId: string): Promise<void>;
  /** What somebody who has the database does. */
  tamper(text: string, values?: readonly unknown[]): Promise<void>;
}

export async function createTrailWorld(): Promise<TrailWorld> {
  const test = await createTestDatabase();
  const { database } = test;
  const encryptionKeys = [newEncryptionKey()];
  const secrets = createSecretBox(encryptionKeys);
  let n = 0;
  return {
    test,
    secrets,
    encryptionKeys,
    forget: forgetTrail,
    anchorLines: async () => {
      const lines: string[] = [];
      for (const organizationId of await listTrails(database.sql)) {
        for (
          let seal = await nextSeal(database.sql, organizationId, 0);
          seal !== undefined;
          seal = await nextSeal(database.sql, organizationId, seal.number)
        ) {
          lines.push(`${JSON.stringify(anchorOf(seal))}\n`);
        }
      }
      return lines;
    },
    addOrganization: async () => {
      const id = newId();
      await database.prisma.organization.create({ data: { id, slug: id, name: id } });
      return id;
    },
    record: async (organizationId, count) => {
      for (let each = 0; each < count; each++) {
        n += 1;
        await recordEvents(database.sql, [
          {
            organizationId,
            type: "role.updated",
            actor: { type: "apiKey", id: "key" },
            resource: { type: "role", id: `role-${n}` },
            before: { name: `Name ${n}` },
            after: { name: `Näme ${n} "€"` },
            data: { key: "editor" },
            requestId: `request-${n}`,
            ip: "192.0.2.1",
          },
        ]);
      }
      await fillOutbox(database);
    },
    seal: () =>
      sealTrails({
        database,
        secrets,
        now: () => new Date(),
        onFailure: (_organizationId, error) => {
          throw error;
        },
      }),
    verify: async (organizationId, anchors = []) =>
      verifyTrail(organizationId, {
        sql: database.sql,
        keys: await loadAuditKeys(database.sql, secrets),
        anchors,
      }),
    tamper: async (text, values = []) => {
      await database.sql.query(text, values);
    },
  };
}
