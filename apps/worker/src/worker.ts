import type { Database } from "@sallyport/database";
import type { Logger } from "@sallyport/logging";
import type { Outbound } from "@sallyport/outbound";
import type { Queues, Workers, WorkOptions } from "@sallyport/queue";
import type { SecretBox } from "@sallyport/secrets";
import { announceExpiry } from "./jobs/certificate-expiry/announce.ts";
import { refreshDueMetadata } from "./jobs/idp-metadata/refresh-due.ts";
import { notifyApplications, type TokenSigner } from "./jobs/logout/notify.ts";
import { keepFillingOutbox, type Ongoing } from "./jobs/outbox/keep-filling.ts";
import { purge } from "./jobs/purge/purge.ts";
import type { ReachCheckpoint } from "./jobs/reconcile/checkpoint.ts";
import { reconcileOrganization } from "./jobs/reconcile/organization.ts";
import { reseal } from "./jobs/reseal/reseal.ts";
import { findDirtyOrganizations } from "./jobs/sweep/dirty-organizations.ts";

export interface WorkerDeps {
  readonly database: Database;
  readonly queues: Queues;
  readonly log: Logger;
  /** The issuer of logout tokens. */
  readonly publicUrl: string;
  readonly now: () => Date;
  readonly signer: TokenSigner;
  readonly secrets: SecretBox;
  /** For what tenants name: the identity providers' metadata. */
  readonly outbound: Outbound;
  /** For what operators name: the applications' logout URIs, which only keys of the gateway can set. */
  readonly operatorOutbound: Outbound;
  /** How many organizations side by side, and how often the sweep and the purge run. */
  readonly work?: WorkOptions;
  /** Directory users in one transaction. Default 500. */
  readonly batchSize?: number;
  /** Batches of one organization before others have their turn. Default 20. */
  readonly batchesPerTurn?: number;
  /** How soon after its commit an event is in the outbox. Default one second. */
  readonly outboxEveryMs?: number;
  /** Called where a crash would hurt most; for tests. */
  readonly reach?: ReachCheckpoint;
}

/** Directories in, memberships and bindings out; what goes with their end; and whatever else runs by the clock. */
export interface Worker {
  /** Starts the workers and looks at what was left over. */
  start(): Promise<void>;
  /** Takes no new job, and resolves when the active ones have finished. */
  stop(): Promise<void>;
  /** Works off one organization, as a job does. "more" when it stopped for the sake of others. */
  reconcileOrganization(organizationId: string): Promise<"done" | "more">;
  /** Requests a reconciliation of every organization that has been waiting, the logouts and the metadata that are due. */
  sweep(): Promise<void>;
  /** Tells applications of ended sessions. */
  notifyApplications(): Promise<void>;
  /** Has connections follow the metadata that is due. */
  refreshMetadata(): Promise<void>;
  /** Announces certificates that end soon. */
  announceExpiry(): Promise<void>;
  /** Deletes what has outlived its use. */
  purge(): Promise<void>;
  /** Seals under the newest encryption key what is sealed under an older one. */
  reseal(): Promise<void>;
}

export function createWorker(deps: WorkerDeps): Worker {
  const { database, queues, log, now } = deps;
  const reconciliation = {
    database,
    now,
    requestLogout: () => queues.requestLogout(),
    batchSize: deps.batchSize ?? 500,
    batchesPerTurn: deps.batchesPerTurn ?? 20,
    reach: deps.reach ?? (() => undefined),
  };
  const logout = {
    database,
    log,
    now,
    issuer: deps.publicUrl,
    signer: deps.signer,
    outbound: deps.operatorOutbound,
  };

  let stopping = new AbortController();

  const room: Omit<Worker, "start" | "stop"> = {
    reconcileOrganization: (organizationId) => reconcileOrganization(reconciliation, organizationId),
    sweep: async () => {
      for (const organizationId of await findDirtyOrganizations(database.sql, now())) {
        queues.requestReconcile(organizationId);
      }
      queues.requestLogout();
      queues.requestMetadata();
    },
    notifyApplications: () => notifyApplications(logout),
    refreshMetadata: () => refreshDueMetadata(deps, stopping.signal),
    announceExpiry: async () => {
      const announced = await announceExpiry(database, now());
      if (announced > 0) log.info({ announced }, "Announced certificates that end soon");
    },
    purge: async () => {
      log.info({ deleted: await purge(database.sql, now()) }, "Purged");
    },
    reseal: () => reseal(deps, stopping.signal),
  };

  let workers: Workers | undefined;
  let outbox: Ongoing | undefined;
  return {
    ...room,
    start: async () => {
      stopping = new AbortController();
      workers = await queues.work(
        {
          reconcile: room.reconcileOrganization,
          logout: room.notifyApplications,
          metadata: room.refreshMetadata,
          expiry: room.announceExpiry,
          sweep: room.sweep,
          purge: room.purge,
          reseal: room.reseal,
        },
        deps.work,
      );
      outbox = keepFillingOutbox(database, log, deps.outboxEveryMs ?? 1_000);
      await room.sweep();
    },
    stop: async () => {
      stopping.abort();
      await Promise.all([workers?.stop(), outbox?.stop()]);
      workers = undefined;
      outbox = undefined;
    },
  };
}
