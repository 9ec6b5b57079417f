import type { Database, Sql } from "@sallyport/database";
import { defined } from "@sallyport/defined";
import { type EventDraft, type EventType, type Origin, recordEvents } from "@sallyport/events";
import type { Outbound } from "@sallyport/outbound";
import { type SamlSettings, samlSettings } from "../settings.ts";
import { digestOf } from "./changes.ts";
import { withFacts } from "./facts.ts";
import { fetchMetadata } from "./fetch.ts";
import { judge, PROVEN_FOR_DAYS } from "./judge.ts";
import { MetadataProblem, type Problem } from "./problem.ts";
import { type Reading, readMetadataAgain } from "./read.ts";
import { nextAttempt, nextLook } from "./schedule.ts";
import { isSameSource } from "./source.ts";
import type { HeldMetadata } from "./state.ts";
import {
  type FollowedConnection,
  findConnection,
  findProven,
  lockConnection,
  lockState,
  type MetadataState,
  postpone,
  saveRead,
  saveSettings,
  saveTrouble,
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
  const looked = await look(deps, url, before.settings);
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
    const visit = { sql, connection, settings: current.settings, state, origin, now: deps.now() };
    const outcome = await (looked instanceof MetadataProblem
      ? fail(visit, looked.problem)
      : follow(visit, looked));
    // That the schedule looked is no news; that somebody asked for it is.
    if (origin.actor.type !== "system") {
      await record(visit, { type: "connection.metadata_checked", data: { outcome } });
    }
    return outcome;
  });
}

interface Look {
  readonly reading: Reading;
  readonly sameSource: boolean;
}

async function look(
  { outbound, now }: RefreshDeps,
  url: string,
  settings: SamlSettings,
): Promise<Look | MetadataProblem> {
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

/** One look at a connection's metadata, within its transaction. */
interface Visit {
  readonly sql: Sql;
  readonly connection: FollowedConnection;
  readonly settings: SamlSettings;
  readonly state: MetadataState;
  readonly origin: Origin;
  readonly now: Date;
}

// Uses are noted once a day, so what was noted is up to a day older than what happened.
const PROVEN_FOR_MS = (PROVEN_FOR_DAYS + 1) * 24 * 3_600_000;

async function follow(visit: Visit, { reading, sameSource }: Look): Promise<RefreshOutcome> {
  const { sql, connection, settings, now } = visit;
  const { facts, ...life } = reading;
  const proven = await findProven(sql, connection, new Date(now.getTime() - PROVEN_FOR_MS));
  const verdict = judge(settings, facts, { proven, sameSource });
  if (verdict.action === "hold") {
    const { changes, problem } = verdict;
    await trouble(visit, problem, { digest: digestOf(facts), facts, changes }, nextLook(now, life));
    return "held";
  }
  if (verdict.action === "apply") {
    await saveSettings(sql, connection, samlSettings.parse(withFacts(settings, facts)), now);
    await record(visit, { type: "connection.metadata_applied", data: verdict.changes });
  } else if (visit.state.problem !== null) {
    const { code } = visit.state.problem;
    await record(visit, { type: "connection.metadata_recovered", data: { code } });
  }
  await saveRead(sql, connection, life, now);
  return verdict.action === "apply" ? "applied" : "unchanged";
}

async function fail(visit: Visit, problem: Problem): Promise<RefreshOutcome> {
  await trouble(visit, problem, null, nextAttempt(visit.now));
  return "failed";
}

/** Reports what is new, and only keeps in mind what was reported before. */
async function trouble(
  visit: Visit,
  problem: Problem,
  held: HeldMetadata | null,
  dueAt: Date,
): Promise<void> {
  const { sql, connection, state, now } = visit;
  const known = state.problem?.code === problem.code && state.held?.digest === held?.digest;
  const since = known && state.problem !== null ? state.problem.since : now.toISOString();
  await saveTrouble(sql, connection, { problem: { ...problem, since }, held, dueAt }, now);
  if (known) {
    return;
  }
  const { code, message, detail } = problem;
  const told = { code, message, ...defined({ detail }) };
  if (held === null) {
    await record(visit, { type: "connection.metadata_failed", data: told });
  } else {
    const { digest, changes } = held;
    await record(visit, {
      type: "connection.metadata_held_back",
      data: { ...told, digest, ...changes },
    });
  }
}

type MetadataType = Extract<EventType, `connection.metadata_${string}`>;
type MetadataEvent = { [Type in MetadataType]: Pick<EventDraft<Type>, "type" | "data"> }[MetadataType];

async function record({ sql, connection, origin }: Visit, told: MetadataEvent): Promise<void> {
  const { organizationId, connectionId: id } = connection;
  await recordEvents(sql, [{ organizationId, resource: { type: "connection", id }, ...told, ...origin }]);
}
