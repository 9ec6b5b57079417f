import type { Database, Event } from "@sallyport/database";
import { createTestDatabase } from "@sallyport/database/testing";
import type { Origin } from "@sallyport/events";
import { createEventReader } from "@sallyport/events/testing";
import { createOutbound } from "@sallyport/outbound";
import { readCertificate } from "@sallyport/saml";
import type { TestIdp } from "@sallyport/saml/testing";
import { parseConnectionSettings, type SamlSettings } from "../../index.ts";
import { applyHeldMetadata } from "../apply-held.ts";
import { type RefreshOutcome, refreshMetadata } from "../refresh.ts";
import { currentProblem, heldMetadata } from "../state.ts";
import type { FollowedConnection } from "../store.ts";
import { addFollowedConnection, type FollowingOptions } from "./followed-connection.ts";
import { type MetadataServer, startMetadataServer } from "./metadata-server.ts";

const DAY_MS = 24 * 3_600_000;
export const SYSTEM: Origin = { actor: { type: "system" } };
export const OPERATOR: Origin = { actor: { type: "operator" }, requestId: "request" };

/** Connections that follow the metadata of one real HTTP server, on a database of their own. */
export interface FollowingFixture extends Pick<MetadataServer, "url" | "serve"> {
  readonly database: Database;
  /** Where the gateway is in time. */
  readonly clock: { now: Date };
  /** A connection made of the IdP's plain metadata, or of `metadata`. */
  follow(options?: Partial<FollowingOptions>): Promise<FollowedConnection>;
  refresh(connection: FollowedConnection, origin?: Origin): Promise<RefreshOutcome>;
  apply(connection: FollowedConnection, digest: string): Promise<boolean>;
  /** Notes that the certificate verified a login so many days ago. */
  prove(connection: FollowedConnection, pem: string, daysAgo: number): Promise<void>;
  settingsOf(connection: FollowedConnection): Promise<SamlSettings>;
  stateOf(connection: FollowedConnection): Promise<FollowedState>;
  eventsOf(connection: FollowedConnection): Promise<Event[]>;
  /** Types of the events, without what all have in common. */
  typesOf(connection: FollowedConnection): Promise<string[]>;
  close(): Promise<void>;
}

type FollowedState = Awaited<ReturnType<typeof readState>>;

export async function createFollowingFixture(idp: TestIdp): Promise<FollowingFixture> {
  const test = await createTestDatabase();
  const { database } = test;
  const server = await startMetadataServer();
  const outbound = createOutbound({ allow: ["127.0.0.0/8"], timeoutMs: 2_000 });
  const clock = { now: new Date() };
  const deps = { database, outbound, now: () => clock.now };

  const eventsOf = ({ organizationId }: FollowedConnection) =>
    database.prisma.event.findMany({ where: { organizationId }, orderBy: { id: "asc" } });
  return {
    database,
    clock,
    url: server.url,
    serve: server.serve,
    follow: (options) => {
      server.serve(idp.metadata());
      return addFollowedConnection(database, {
        metadata: idp.metadata(),
        metadataUrl: server.url,
        ...options,
      });
    },
    refresh: (connection, origin = SYSTEM) => refreshMetadata(deps, connection, origin),
    apply: (connection, digest) => applyHeldMetadata(deps, connection, digest, OPERATOR),
    async prove(connection, pem, daysAgo) {
      const lastValidatedAt = new Date(clock.now.getTime() - daysAgo * DAY_MS);
      const fingerprint = fingerprintOf(pem);
      await database.prisma.certificateUse.create({ data: { ...connection, fingerprint, lastValidatedAt } });
    },
    async settingsOf({ connectionId: id }) {
      const row = await database.prisma.connection.findUniqueOrThrow({ where: { id } });
      return parseConnectionSettings("saml", row.settings);
    },
    stateOf: (connection) => readState(database, connection),
    eventsOf,
    typesOf: async ({ organizationId }) =>
      (await createEventReader(database.sql).next())
        .filter((event) => event.organizationId === organizationId)
        .map(({ type }) => type),
    async close() {
      await server.close();
      await outbound.close();
      await test.drop();
    },
  };
}

async function readState({ prisma }: Database, { connectionId }: FollowedConnection) {
  const row = await prisma.connectionMetadata.findUniqueOrThrow({ where: { connectionId } });
  return {
    ...row,
    problem: currentProblem.nullable().parse(row.problem),
    held: heldMetadata.nullable().parse(row.held),
  };
}

export function fingerprintOf(pem: string): string {
  const result = readCertificate(pem);
  if (!result.ok) {
    throw new Error(result.code);
  }
  return result.certificate.fingerprint;
}
