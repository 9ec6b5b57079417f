import type { SamlConnection } from "@sallyport/connections";
import type { Sql } from "@sallyport/database";
import { defined } from "@sallyport/defined";
import {
  closeLoginRecord,
  createLoginTrace,
  type Finding,
  maskUnverifiedXml,
} from "@sallyport/login-records";
import {
  openPostedMessage,
  openRedirectMessage,
  type SamlFailure,
  type SamlTransport,
} from "@sallyport/saml";
import type { LogoutMessage } from "./logout-message.ts";

/**
 * Keeps why a logout message was refused, and the message, where the connection's administrator looks: among its
 * login records.
 */
export async function recordRefusal(
  sql: Sql,
  refusal: {
    readonly connection: Pick<SamlConnection, "id" | "organizationId">;
    readonly message: LogoutMessage;
    readonly finding: Finding;
    readonly requestId: string;
    readonly now: () => Date;
  },
): Promise<void> {
  const { connection, message, finding, now } = refusal;
  const trace = createLoginTrace(now);
  trace.add(message.kind === "request" ? "logout_requested" : "logout_answered", {
    binding: message.transport.binding,
  });
  trace.add("failed", { ...finding });
  await closeLoginRecord(
    sql,
    {
      organizationId: connection.organizationId,
      connectionId: connection.id,
      recordId: null,
      requestId: refusal.requestId,
    },
    {
      outcome: "failure",
      errorCode: finding.code,
      steps: trace.steps,
      response: decoded(message.transport),
      now: now(),
    },
  );
}

/** What the validator found. */
export function findingFrom({ code, message, fix, detail }: SamlFailure): Finding {
  return { code, message, fix, ...defined({ detail }) };
}

/** Unverified, for the record only. */
function decoded(transport: SamlTransport): string | undefined {
  const message =
    transport.binding === "redirect"
      ? openRedirectMessage(transport.query)
      : openPostedMessage("SAMLRequest", transport.value);
  return message.ok ? maskUnverifiedXml(message.xml) : undefined;
}
