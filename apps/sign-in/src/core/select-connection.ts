import {
  type Candidates,
  findCandidates,
  type Selector,
  type StoredConnection,
} from "@sallyport/connections";
import type { Sql } from "@sallyport/database";
import type { SignInRequest } from "@sallyport/interactions";
import { canonicalDomain, domainOf } from "@sallyport/people";
import { SignInFailure, type SignInFailureCode } from "./failures.ts";

/** What the person said on our own pages. */
export interface Answers {
  readonly email?: string | undefined;
  /** The id of the connection that was chosen. */
  readonly connection?: string | undefined;
}

/** Where a sign-in goes next. */
export type Selection =
  | { readonly next: "start"; readonly connection: StoredConnection; readonly loginHint: string | undefined }
  | { readonly next: "choose"; readonly candidates: Candidates; readonly email: string | undefined }
  | { readonly next: "ask"; readonly email: string | undefined; readonly problem: string | undefined };

/**
 * Finds the connection for a sign-in: by what the application asked for (connection, organization, domain, in this
 * order), or else by the domain of an email address. Throws `SignInFailure` when the application asks for what does not exist;
 * an address that leads nowhere is asked for again.
 */
export async function selectConnection(
  sql: Sql,
  request: SignInRequest,
  answers: Answers,
): Promise<Selection> {
  const email = answers.email ?? request.loginHint;
  const requested = requestedConnection(request);
  if (requested !== null) {
    const candidates = await findCandidates(sql, requested.selector);
    if (candidates === null) {
      throw new SignInFailure(requested.unknown);
    }
    return pick(candidates, request.connection ?? answers.connection, email);
  }
  const domain = email === undefined ? null : domainOf(email);
  if (domain === null) {
    const problem = answers.email === undefined ? undefined : "Enter a whole address, like name@company.com.";
    return { next: "ask", email, problem };
  }
  const candidates = await findCandidates(sql, { by: "domain", value: domain });
  if (candidates === null) {
    return {
      next: "ask",
      email,
      problem: `No organization signs in with ${domain}. Check it for typing errors.`,
    };
  }
  return pick(candidates, answers.connection, email);
}

function requestedConnection(
  request: SignInRequest,
): { selector: Selector; unknown: SignInFailureCode } | null {
  // With both given, the organization narrows: a connection of another one is unknown in it.
  if (request.organization !== undefined) {
    return {
      selector: { by: "organization", value: request.organization },
      unknown: "organization_unknown",
    };
  }
  if (request.connection !== undefined) {
    return { selector: { by: "connection", value: request.connection }, unknown: "connection_unknown" };
  }
  if (request.domain !== undefined) {
    return { selector: { by: "domain", value: canonicalDomain(request.domain) }, unknown: "domain_unknown" };
  }
  return null;
}

function pick(candidates: Candidates, wanted: string | undefined, email: string | undefined): Selection {
  const active = candidates.connections.filter((connection) => connection.status === "active");
  if (wanted !== undefined) {
    const connection = candidates.connections.find(({ id }) => id === wanted);
    if (connection === undefined) {
      throw new SignInFailure("connection_unknown");
    }
    if (connection.status !== "active") {
      throw new SignInFailure("connection_disabled");
    }
    return { next: "start", connection, loginHint: email };
  }
  const [only] = active;
  if (only === undefined) {
    throw new SignInFailure(
      candidates.connections.length === 0 ? "organization_without_connection" : "connection_disabled",
    );
  }
  return active.length === 1
    ? { next: "start", connection: only, loginHint: email }
    : { next: "choose", candidates, email };
}
