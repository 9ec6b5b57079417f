import type { Database, Sql } from "@sallyport/database";
import { defined } from "@sallyport/defined";
import { type EventDraft, type EventType, type Origin, recordEvents } from "@sallyport/events";
import type { Outbound } from "@sallyport/outbound";
import { type SamlSettings, samlSettings } from "../settings.ts";
import { digestOf } from "./changes.ts";
import { withFacts } from "./facts.ts";
import { fetchMetadata } from "./fetch.ts";
import { IN_USE_DAYS, judge } from "./judge.ts";
import { MetadataProblem, type Problem } from "./problem.ts";
import { type Reading, readMetadataAgain } from "./read.ts";
import { nextRefresh, nextRetry } from "./schedule.ts";
import { isSameSource } from "./source.ts";
import type { HeldMetadata } from "./state.ts";
import {
  type FollowedConnection,
  findCertificatesInUse,
  findConnection,
  lockConnection,
  lockState,
  type MetadataState,
  postpone,
  saveProblem,
  saveRefreshed,
  saveSettings,
} from "./store.ts";

export interface RefreshDeps {
  readonly database: Database;
  readonly outbound: Outbound;
  readonly now: () => Date;
}

export type RefreshOutcome =
  /** The settings say what the metadata says, as before. */
  | "unchanged"
  | "applied"
  /** A change waits for an operator's word. */
  | "held"
  /** It could not be fetched, or not be used. */
  | "failed"
  /** Somebody changed the settings meanwhile: nothing was done, and it is due again. */
  | "changed_meanwhile"
  /** There is no such connection, or it follows no metadata (any more). */
  | "not_followed";

/** Fetches a connection's metadata and has the settings follow it, where that is safe (see `judge`). */
export async function refreshMetadata(
  deps: RefreshDeps,
  connection: FollowedConnection,
  /** The schedule's, or that of somebody at the management API. */
  origin: Origin,
): Promise<RefreshOutcome> {
  const before = await findConnection(deps.database.sql, connection);
  const url = before?.settings.metadataUrl;
  if (before === null || url === undefined) {
    return "not_followed";
  }
  const fetched = await fetchAndRead(deps, url, before.settings);
  return deps.database.transaction(async (sql) => {
    const current = await lockConnection(sql, connection);
    const state = await lockState(sql, connection);
    if (current === null || state === null) {
      return "not_followed";
    }
    if (current.version !== before.version) {
      await postpone(sql, connection, deps.now());
      return "changed_meanwhile";
    }
    const refresh = { sql, connection, settings: current.settings, state, origin, now: deps.now() };
    const outcome = await (fetched instanceof MetadataProblem
      ? fail(refresh, fetched.problem)
      : follow(refresh, fetched));
    // A scheduled refresh is no event of its own; one that somebody asked for is.
    if (origin.actor.type !== "system") {
      await record(refresh, { type: "connection.metadata_checked", data: { outcome } });
    }
    return outcome;
  });
}

interface FetchedReading {
  readonly reading: Reading;
  readonly sameSource: boolean;
}

async function fetchAndRead(
  { outbound, now }: RefreshDeps,
  url: string,
  settings: SamlSettings,
): Promise<FetchedReading | MetadataProblem> {
  try {
    const wanted = { entityId: settings.idpEntityId, certificates: settings.metadataCertificates };
    const fetched = await fetchMetadata(url, outbound, wanted);
    const reading = readMetadataAgain(fetched.document, {
      ...wanted,
      allowSha1: settings.allowSha1,
      now: now(),
    });
    return { reading, sameSource: isSameSource(url, fetched.url) };
  } catch (error) {
    if (error instanceof MetadataProblem) {
      return error;
    }
    throw error;
  }
}

/** One refresh of a connection's metadata, within its transaction. */
interface Refresh {
  readonly sql: Sql;
  readonly connection: FollowedConnection;
  readonly settings: SamlSettings;
  readonly state: MetadataState;
  readonly origin: Origin;
  readonly now: Date;
}

// Uses are noted once a day, so what was noted is up to a day older than what happened.
const IN_USE_MS = (IN_USE_DAYS + 1) * 24 * 3_600_000;

async function follow(refresh: Refresh, { reading, sameSource }: FetchedReading): Promise<RefreshOutcome> {
  const { sql, connection, settings, now } = refresh;
  const { facts, ...life } = reading;
  const certificatesInUse = await findCertificatesInUse(sql, connection, new Date(now.getTime() - IN_USE_MS));
  const verdict = judge(settings, facts, { certificatesInUse, sameSource });
  if (verdict.action === "hold") {
    const { changes, problem } = verdict;
    await reportProblem(
      refresh,
      problem,
      { digest: digestOf(facts), facts, changes },
      nextRefresh(now, life),
    );
    return "held";
  }
  if (verdict.action === "apply") {
    await saveSettings(sql, connection, samlSettings.parse(withFacts(settings, facts)), now);
    await record(refresh, { type: "connection.metadata_applied", data: verdict.changes });
  } else if (refresh.state.problem !== null) {
    const { code } = refresh.state.problem;
    await record(refresh, { type: "connection.metadata_recovered", data: { code } });
  }
  await saveRefreshed(sql, connection, life, now);
  return verdict.action === "apply" ? "applied" : "unchanged";
}

async function fail(refresh: Refresh, problem: Problem): Promise<RefreshOutcome> {
  await reportProblem(refresh, problem, null, nextRetry(refresh.now));
  return "failed";
}

/** Stores the problem; records an event for a new one only. */
async function reportProblem(
  refresh: Refresh,
  problem: Problem,
  held: HeldMetadata | null,
  dueAt: Date,
): Promise<void> {
  const { sql, connection, state, now } = refresh;
  const known = state.problem?.code === problem.code && state.held?.digest === held?.digest;
  const since = known && state.problem !== null ? state.problem.since : now.toISOString();
  await saveProblem(sql, connection, { problem: { ...problem, since }, held, dueAt }, now);
  if (known) {
    return;
  }
  const { code, message, detail } = problem;
  const details = { code, message, ...defined({ detail }) };
  if (held === null) {
    await record(refresh, { type: "connection.metadata_failed", data: details });
  } else {
    const { digest, changes } = held;
    await record(refresh, {
      type: "connection.metadata_held_back",
      data: { ...details, digest, ...changes },
    });
  }
}

type MetadataType = Extract<EventType, `connection.metadata_${string}`>;
type MetadataEvent = { [Type in MetadataType]: Pick<EventDraft<Type>, "type" | "data"> }[MetadataType];

async function record({ sql, connection, origin }: Refresh, details: MetadataEvent): Promise<void> {
  const { organizationId, connectionId: id } = connection;
  await recordEvents(sql, [{ organizationId, resource: { type: "connection", id }, ...details, ...origin }]);
}
