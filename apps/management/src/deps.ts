import type { Database } from "@sallyport/database";
import type { ResolveTxt } from "@sallyport/domains";
import type { RetentionBounds } from "@sallyport/erasure";
import type { FailureLimit, Levels } from "@sallyport/limits";
import type { Logger } from "@sallyport/logging";
import type { Outbound } from "@sallyport/outbound";
import type { SecretBox } from "@sallyport/secrets";
import type { SigningKeys } from "@sallyport/signing-keys";
import type { Request } from "express";
import type { ConsoleVisitor } from "./access/caller.ts";
import type { EventWatch } from "./resources/events/watch.ts";
import type { RequestWatch } from "./resources/scim-requests/live/watch.ts";

/** What the management API stands on. */
export interface ManagementApiDeps {
  readonly database: Database;
  readonly secrets: SecretBox;
  readonly log: Logger;
  /** Where the gateway is reached, with no slash at its end. */
  readonly publicUrl: string;
  readonly now: () => Date;
  /** SHA-256 of the root key (`digestToken`): the one credential that is in no table. */
  readonly rootKeyDigest: Uint8Array;
  /** Fetches what tenants name: SAML metadata. */
  readonly outbound: Outbound;
  /** Asks the DNS for the records that prove domains. */
  readonly resolveTxt: ResolveTxt;
  /** Called after a commit that the reconciler must look at. Never throws, never blocks. */
  readonly requestReconcile: (organizationId: string) => void;
  /** Called after a commit that ended sessions: their applications are to be told. Never throws, never blocks. */
  readonly requestLogout: () => void;
  /** Called after a commit that asked for a verification of an audit trail. Never throws, never blocks. */
  readonly requestAuditVerification: () => void;
  /** Called for an erasure that the worker is to finish. Never throws, never blocks. */
  readonly requestErasure: () => void;
  /** How long organizations may keep what. Default: `DEFAULT_BOUNDS`. */
  readonly retentionBounds?: RetentionBounds;
  /** Requests with a key that is none. Default: no limit. */
  readonly failures?: FailureLimit;
  /** What limits count with. Default: this process' memory. */
  readonly levels?: Levels;
  /** Shows requests of directories as they come. */
  readonly requestWatch: RequestWatch;
  /** Wakes those who wait for events. */
  readonly eventWatch: EventWatch;
  /** Aborted when the process stops: streams end. */
  readonly stopping: AbortSignal;
  /** What is to be done, and what of it failed. */
  readonly queues: QueueHealth;
  /** People who are signed in to the console. Without it nobody calls by a cookie. */
  readonly consoleVisitors?: ConsoleVisitors;
  /** Changes of the keys that sign tokens. Without it the API only lists them. */
  readonly signingKeys?: SigningKeyChanges;
}

export interface QueueHealth {
  /** By the queues' names. */
  counts(): Promise<
    Readonly<Record<string, Readonly<Record<"waiting" | "active" | "delayed" | "failed", number>>>>
  >;
  failures(): Promise<readonly FailedJob[]>;
  /** Has the failed jobs of a queue done again. Resolves to how many; null where there is no such queue. */
  retry(queue: string): Promise<number | null>;
}

export interface FailedJob {
  readonly queue: string;
  readonly job: string;
  readonly data: Readonly<Record<string, string>>;
  readonly attempts: number;
  readonly failedAt: Date | null;
  readonly reason: string;
}

export interface ConsoleVisitors {
  /** Null: nobody is signed in. "refused": with the cookie, but not from one of our pages. */
  find(req: Request): Promise<ConsoleVisitor | "refused" | null>;
}

export type SigningKeyChanges = Pick<SigningKeys, "rotate" | "distrust">;
