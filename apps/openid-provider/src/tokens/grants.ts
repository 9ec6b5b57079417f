import { randomBytes } from "node:crypto";

/**
 * One authorization of one application by one session. oidc-provider stores such grants, to remember what a person
 * consented to; our applications are first-party and get what they ask for, so a grant is wholly told by its id
 * and never stored. That it was revoked is (see `revokeToken` of @sallyport/sessions).
 */
export interface GrantName {
  readonly sessionId: string;
  readonly clientId: string;
  /** What access tokens name it by (`grant_id`). */
  readonly reference: string;
}

export function newGrantId(sessionId: string, clientId: string): string {
  return `${sessionId}.${randomBytes(16).toString("base64url")}.${clientId}`;
}

/** Null when the text is not what `newGrantId` makes. */
export function parseGrantId(id: string): GrantName | null {
  const [sessionId, reference, ...clientId] = id.split(".");
  if (sessionId === undefined || reference === undefined || clientId.length === 0) {
    return null;
  }
  return { sessionId, reference, clientId: clientId.join(".") };
}
