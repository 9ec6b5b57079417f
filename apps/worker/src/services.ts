import type { Clickhouse } from "@sallyport/clickhouse";
import type { Database } from "@sallyport/database";
import type { ResolveTxt } from "@sallyport/domains";
import type { Logger } from "@sallyport/logging";
import type { Outbound } from "@sallyport/outbound";
import type { SecretBox } from "@sallyport/secrets";
import type { JobRequests } from "./job-requests.ts";
import type { AnchorSettings } from "./jobs/audit-anchors/destinations.ts";
import type { TokenSigner } from "./jobs/logout/notify.ts";
import type { ReachCheckpoint } from "./jobs/reconcile/checkpoint.ts";

/** What jobs work with. */
export interface WorkerServices extends JobRequests {
  readonly database: Database;
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
  /** Asks the DNS for the records that prove domains. */
  readonly resolveTxt: ResolveTxt;
  /** For what tenants name and are told at length: receivers of webhooks. Resolves names without the process's threads. */
  readonly deliveryOutbound: Outbound;
  /** Where the last seals of the audit trail are written down. Default: nowhere. */
  readonly auditAnchors?: AnchorSettings;
  /** How often each audit trail is verified where nobody asks for it. Default: never. */
  readonly auditVerifyHours?: number;
  /** Where all events go as well, if the operator has one. Default: nowhere. */
  readonly clickhouse?: Clickhouse;
  /** Directory users in one transaction. Default 500. */
  readonly batchSize?: number;
  /** Batches of one organization before others have their turn. Default 20. */
  readonly batchesPerTurn?: number;
  /** Called where a crash would hurt most; for tests. */
  readonly reach?: ReachCheckpoint;
}
