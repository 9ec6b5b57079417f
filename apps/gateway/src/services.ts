import { Resolver } from "node:dns/promises";
import { adoptClickhouse } from "@sallyport/audit-streams";
import { type Clickhouse, type ClickhouseSettings, createClickhouse } from "@sallyport/clickhouse";
import { consoleApplication, createConsole, createConsoleVisitors } from "@sallyport/console";
import type { Database } from "@sallyport/database";
import { defined } from "@sallyport/defined";
import { describeMissing, keyUsage } from "@sallyport/encryption-keys";
import { Problem } from "@sallyport/http";
import { createAttemptLimit, createFailureLimit, type Levels } from "@sallyport/limits";
import type { Logger } from "@sallyport/logging";
import {
  createEventWatch,
  createManagementApi,
  createRequestWatch,
  ensureOperatorsOrganization,
  ROLES,
} from "@sallyport/management";
import { openCodeRedemption } from "@sallyport/openid-provider";
import type { Outbound } from "@sallyport/outbound";
import type { Queues } from "@sallyport/queue";
import { createScim } from "@sallyport/scim";
import { digestToken, type SecretBox, SecretError } from "@sallyport/secrets";
import { openSigningKeys } from "@sallyport/signing-keys";
import { createJobRequests, createWorker, type WorkerServices } from "@sallyport/worker";
import { Router } from "express";
import { createBroker } from "./broker/index.ts";
import type { Configuration } from "./configuration.ts";
import { createLogoRouter } from "./logos.ts";
import { USUAL_CREDENTIALS_LIMIT, USUAL_SIGN_IN_LIMIT } from "./rate-limit-settings.ts";
import type { Teardown } from "./teardown.ts";

/** What all services stand on. */
export interface Foundation {
  readonly configuration: Configuration;
  readonly publicUrl: string;
  readonly log: Logger;
  readonly now: () => Date;
  readonly database: Database;
  readonly secrets: SecretBox;
  readonly queues: Queues<WorkerServices>;
  /** For URLs that keys of an organization can set, or that come from there: IdP metadata, issuers and what they name. */
  readonly outbound: Outbound;
  /** For URLs that only keys of the gateway can set: the applications'. */
  readonly operatorOutbound: Outbound;
  /** For receivers of webhooks. */
  readonly deliveryOutbound: Outbound;
  readonly levels: Levels;
  /** Aborted when the process is about to stop: requests that wait for something are answered. */
  readonly stopping: AbortSignal;
}

/** A part of the HTTP surface, and where it is mounted. */
export interface Mount {
  readonly path: string;
  readonly router: Router;
  /** Why it cannot do its work, where it cannot; may be shown to anyone. */
  readonly closed?: string;
}

/** What answers in place of a service that lacks an encryption key: the services beside it need none. */
function withoutItsKey(log: Logger): (error: unknown) => Mount {
  return (error) => {
    if (!(error instanceof SecretError) || error.code !== "secret_key_unknown") {
      throw error;
    }
    log.fatal({ err: error }, "sign-in is closed: an encryption key is missing");
    const closed = "sign-in is closed until an encryption key is put back";
    const router = Router().use(() => {
      throw new Problem(503, "encryption_key_missing", `${closed}. The log of the gateway says which.`);
    });
    return { path: "/", router, closed };
  };
}

/**
 * Opens the services that this process' roles name. What must be closed again goes to `teardown`. Says which encryption keys
 * are missing, and how much needs them.
 */
export async function openServices(foundation: Foundation, teardown: Teardown): Promise<Mount[]> {
  const { database, secrets, log } = foundation;
  const missingKeys = describeMissing(await keyUsage(database.sql, secrets));
  if (missingKeys !== null) {
    log.error(missingKeys);
  }
  try {
    return await openEach(foundation, teardown);
  } catch (error) {
    if (missingKeys === null || !(error instanceof SecretError)) {
      throw error;
    }
    throw new SecretError(error.code, missingKeys, { cause: error });
  }
}

async function openEach(foundation: Foundation, teardown: Teardown): Promise<Mount[]> {
  const { configuration, queues, levels, ...common } = foundation;
  const { roles, rateLimits } = configuration;
  const { signIn = USUAL_SIGN_IN_LIMIT, credentials = USUAL_CREDENTIALS_LIMIT } = rateLimits;
  const resolver = new Resolver({ timeout: 3_000, tries: 2 });
  const deps = {
    ...common,
    resolveTxt: (name: string) => resolver.resolveTxt(name),
    ...createJobRequests(queues),
    ...(signIn === "off" ? {} : { attempts: createAttemptLimit(levels, signIn) }),
    ...(credentials === "off" ? {} : { failures: createFailureLimit(levels, credentials) }),
  };
  const signingKeys = await openSigningKeys(deps);
  const mounts: Mount[] = [];

  if (roles.has("admin") || roles.has("broker")) {
    mounts.push({ path: "/logos", router: createLogoRouter(deps.database) }); // both have pages that show them
  }
  if (roles.has("scim")) {
    const scim = createScim({
      ...deps,
      ...defined({ rateLimit: rateLimits.scim }),
    });
    teardown.add("SCIM request log", () => scim.flush());
    mounts.push({ path: "/scim/v2", router: scim });
  }
  if (roles.has("admin")) {
    await ensureOperatorsOrganization(deps.database);
    const rootKeyDigest = digestToken(configuration.rootKey);
    const api = createManagementApi({
      ...deps,
      levels,
      queues,
      rootKeyDigest,
      retentionBounds: configuration.retentionBounds,
      requestWatch: createRequestWatch({ ...deps, sql: deps.database.sql }),
      eventWatch: createEventWatch({ ...deps, sql: deps.database.sql }),
      signingKeys,
      consoleVisitors: createConsoleVisitors({ ...deps, rootKeyDigest, sql: deps.database.sql }),
    });
    const codes = openCodeRedemption({ ...deps, ...defined({ redisUrl: configuration.redisUrl }) });
    teardown.add("console", () => codes.close());
    const console = createConsole({
      ...deps,
      rootKeyDigest,
      setupFrameAncestors: configuration.setupFrameAncestors,
      permissionsOf: (role) => ROLES[role],
      redeemCode: codes.redeem,
    });
    mounts.push({ path: "/api", router: api }, { path: "/", router: console });
  }
  if (roles.has("broker")) {
    const { redisUrl, refreshGraceSeconds } = configuration;
    const openBroker = async () => {
      const broker = await createBroker({
        ...deps,
        signingKeys,
        refreshGraceSeconds,
        ownApplications: [consoleApplication(deps.publicUrl)],
        ...defined({ redisUrl }),
      });
      teardown.add("broker", () => broker.close());
      return { path: "/", router: broker.router };
    };
    // last: its paths stand at the root
    mounts.push(roles.size === 1 ? await openBroker() : await openBroker().catch(withoutItsKey(deps.log)));
  }
  if (roles.has("reconciler")) {
    const clickhouse = await openClickhouse(configuration.clickhouse, deps.database, teardown);
    const worker = createWorker({
      ...deps,
      queues,
      signer: signingKeys,
      auditAnchors: configuration.auditAnchors,
      ...defined({ auditVerifyHours: configuration.auditVerifyHours, clickhouse }),
    });
    teardown.add("reconciler", () => worker.stop());
    await worker.start();
  }
  return mounts;
}

/** It is not asked anything here: whether it answers or not, the gateway starts. */
async function openClickhouse(
  settings: ClickhouseSettings | undefined,
  database: Database,
  teardown: Teardown,
): Promise<Clickhouse | undefined> {
  if (settings === undefined) {
    await adoptClickhouse(database, null);
    return undefined;
  }
  const clickhouse = createClickhouse(settings);
  teardown.add("ClickHouse", () => clickhouse.close());
  const { url, database: name } = settings;
  await adoptClickhouse(database, { type: "clickhouse", url, database: name });
  return clickhouse;
}
