import {
  type ApplicationCheck,
  type LogoutDelivery,
  readApplicationCheck,
} from "@sallyport/application-checks";
import { z } from "zod";
import { timestamp } from "../../api/text.ts";
import type { Context } from "../../context.ts";
import { problem } from "../../errors.ts";

const text = z.string().nullable();

export const applicationCheck = z
  .object({
    discovery: z
      .object({
        issuer: z.string(),
        configurationUrl: z.string(),
        clientId: z.string(),
        clientAuthentication: z
          .array(z.string())
          .meta({ description: "What the token endpoint takes of it." }),
        idTokenSigningAlg: z.string(),
        accessTokenSigningAlg: z.string(),
        keys: z.array(z.object({ id: z.string(), algorithm: z.string() })),
      })
      .meta({ description: "The gateway as this application meets it." }),
    lastRequest: z
      .object({
        at: timestamp,
        redirectUri: text,
        responseType: text,
        scope: text,
        prompt: text,
        codeChallengeMethod: text,
        refused: z.object({ error: z.string(), description: z.string() }).nullable(),
      })
      .nullable()
      .meta({
        description:
          "The last authorization request in its name, some seconds late; a request that needs no secret may be anybody's. The same request again is noted once a minute.",
      }),
    lastTokenError: z
      .object({ at: timestamp, grantType: text, error: z.string(), reason: z.string() })
      .nullable()
      .meta({
        description: "Why the token endpoint last refused it, in more detail than the application received.",
      }),
    logout: z.object({
      uri: text,
      deliveries: z
        .array(
          z.object({
            at: timestamp,
            attempt: z.int(),
            signingAlg: z.string(),
            status: z.int().nullable(),
            outcome: z.enum(["answered", "failed"]),
            reason: text,
          }),
        )
        .meta({
          description:
            "The last ten attempts to tell it that a session ended, the newest first. `answered` says that it took the logout token, not that it ended its own session.",
        }),
      finding: text.meta({
        description: "What the deliveries come to; null where there is nothing to mend.",
      }),
    }),
  })
  .meta({ id: "ApplicationCheck" });

/** How an application gets on with the gateway, for whoever integrates it. */
export async function checkApplication(
  context: Context,
  id: string,
): Promise<z.input<typeof applicationCheck>> {
  const { database, publicUrl, now } = context.deps;
  const application = await database.prisma.application.findUnique({ where: { id } });
  if (application === null) {
    throw problem("application_not_found");
  }
  const [check, keys] = await Promise.all([
    readApplicationCheck(database.sql, id),
    database.prisma.signingKey.findMany({
      where: { distrustedAt: null, OR: [{ retiredAt: null }, { retiredAt: { gt: now() } }] },
      select: { id: true, algorithm: true },
      orderBy: { createdAt: "asc" },
    }),
  ]);
  return {
    discovery: {
      issuer: publicUrl,
      configurationUrl: `${publicUrl}/.well-known/openid-configuration`,
      clientId: application.clientId,
      clientAuthentication:
        application.clientSecretDigest === null ? ["none"] : ["client_secret_basic", "client_secret_post"],
      idTokenSigningAlg: application.idTokenSigningAlg,
      accessTokenSigningAlg: application.accessTokenSigningAlg,
      keys,
    },
    lastRequest: check.lastRequest,
    lastTokenError: check.lastTokenError,
    logout: {
      uri: application.backchannelLogoutUri,
      deliveries: check.logoutDeliveries.toReversed(),
      finding: findingOf(check),
    },
  };
}

/** What is wrong with the logout deliveries, and what to do. */
function findingOf({ logoutDeliveries }: ApplicationCheck): string | null {
  const sinceSuccess = logoutDeliveries.slice(
    logoutDeliveries.findLastIndex(({ outcome }) => outcome === "answered") + 1,
  );
  const last = sinceSuccess.at(-1);
  if (last === undefined) {
    return null;
  }
  const count =
    sinceSuccess.length === 1 ? "the last logout token" : `the last ${sinceSuccess.length} logout tokens`;
  if (last.status === null) {
    return `It could not be told by ${count}: ${last.reason ?? "nobody answered"}`;
  }
  return `It refused ${count}: ${adviceOn(last) ?? last.reason ?? `it answered ${last.status}`}`;
}

/** By what an application's words, or its silence, give away. */
function adviceOn({ signingAlg, reason, status }: LogoutDelivery): string | null {
  const other = signingAlg === "ES256" ? "RS256" : "ES256";
  if (reason?.includes(other) === true) {
    return `it expects ${other}; set idTokenSigningAlg to ${other}`;
  }
  if (status === 400 && signingAlg === "ES256") {
    return `${reason ?? ""} Many libraries take RS256 alone: set idTokenSigningAlg to RS256`.trim();
  }
  return null;
}
