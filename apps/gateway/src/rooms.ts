import { createAdmin } from "@sallyport/admin";
import { createBroker } from "@sallyport/broker";
import type { Database } from "@sallyport/database";
import { createAttemptLimit, createFailureLimit, type Levels } from "@sallyport/limits";
import type { Logger } from "@sallyport/logging";
import type { Outbound } from "@sallyport/outbound";
import type { Queues } from "@sallyport/queue";
import { createReconciler } from "@sallyport/reconciler";
import { createScim } from "@sallyport/scim";
import { digestToken, type SecretBox } from "@sallyport/secrets";
import { openSigningKeys } from "@sallyport/signing-keys";
import type { Router } from "express";
import type { Configuration } from "./configuration.ts";
import { USUAL_CREDENTIALS_LIMIT, USUAL_SIGN_IN_LIMIT } from "./rate-limits.ts";
import type { Teardown } from "./teardown.ts";

/** What all rooms stand on. */
export interface Foundation {
  readonly configuration: Configuration;
  readonly publicUrl: string;
  readonly log: Logger;
  readonly now: () => Date;
  readonly database: Database;
  readonly secrets: SecretBox;
  readonly queues: Queues;
  /** For URLs that keys of an organization can set, or that come from there: IdP metadata, issuers and what they name. */
  readonly outbound: Outbound;
  /** For URLs that only keys of the gateway can set: the applications'. */
  readonly operatorOutbound: Outbound;
  readonly levels: Levels;
}

/** A part of the HTTP surface, and where it is mounted. */
export interface Mount {
  readonly path: string;
  readonly router: Router;
}

/** Opens the rooms that this process' roles name. What must be closed again goes to `teardown`. */
export async function openRooms(foundation: Foundation, teardown: Teardown): Promise<Mount[]> {
  const { configuration, queues, levels, ...common } = foundation;
  const { roles, rateLimits } = configuration;
  const { signIn = USUAL_SIGN_IN_LIMIT, credentials = USUAL_CREDENTIALS_LIMIT } = rateLimits;
  const deps = {
    ...common,
    queues,
    ...(signIn === "off" ? {} : { attempts: createAttemptLimit(levels, signIn) }),
    ...(credentials === "off" ? {} : { failures: createFailureLimit(levels, credentials) }),
    requestReconcile: (organizationId: string) => queues.requestReconcile(organizationId),
    requestLogout: () => queues.requestLogout(),
    requestMetadata: () => queues.requestMetadata(),
  };
  const signingKeys = await openSigningKeys(deps);
  const mounts: Mount[] = [];

  if (roles.has("scim")) {
    const scim = createScim({
      ...deps,
      ...(rateLimits.scim === undefined ? {} : { rateLimit: rateLimits.scim }),
    });
    teardown.add("SCIM request log", () => scim.flush());
    mounts.push({ path: "/scim/v2", router: scim });
  }
  if (roles.has("admin")) {
    const admin = createAdmin({
      ...deps,
      rootKeyDigest: digestToken(configuration.rootKey),
      rotateSigningKeys: (options) => signingKeys.rotate(options),
    });
    mounts.push({ path: "/api", router: admin });
  }
  if (roles.has("broker")) {
    const { redisUrl } = configuration;
    const broker = await createBroker({
      ...deps,
      signingKeys,
      ...(redisUrl === undefined ? {} : { redisUrl }),
    });
    teardown.add("broker", () => broker.close());
    mounts.push({ path: "/", router: broker.router }); // last: its paths stand at the root
  }
  if (roles.has("reconciler")) {
    const reconciler = createReconciler({ ...deps, signer: signingKeys });
    teardown.add("reconciler", () => reconciler.stop());
    await reconciler.start();
  }
  return mounts;
}
