import type { Actor, RecordedEvent } from "@sallyport/events";

/** What of somebody's tokens changed. */
export type ChangedClaims = "profile" | "roles" | "groups";

/** What an IdP said of a credential, by CAEP's values. */
export interface CredentialChange {
  readonly credentialType: string;
  readonly changeType: string;
}

/** Whom an event of the gateway makes a signal about. */
export type Occurrence =
  | { readonly is: "session_ended"; readonly sessionId: string; readonly userId: string }
  | { readonly is: "claims_changed"; readonly userId: string; readonly changed: ChangedClaims }
  /** `endedSessions`: those that ended by it, whose applications are to hear of it as well. */
  | {
      readonly is: "credential_changed";
      readonly userId: string;
      readonly change: CredentialChange;
      readonly endedSessions: readonly string[];
    }
  /** Of whoever these directory users are, or, where not all of them are named, of all members of the group as well. */
  | {
      readonly is: "groups_changed";
      readonly directoryUserIds: readonly string[];
      readonly membersOf: string | null;
    };

/** Claims of the profile, by the fields of an event; another name than the claim's own is one of OpenID Connect Core 5.1. */
const PROFILE_FIELDS = ["email", "emailVerified", "name", "givenName", "familyName", "username"];

/** What an event of the outbox has streams told of. */
export function occurrencesOf(event: RecordedEvent): readonly Occurrence[] {
  switch (event.type) {
    case "session.revoked":
      return [{ is: "session_ended", sessionId: event.resource.id, userId: event.data.userId }];
    case "role_binding.created":
      return [{ is: "claims_changed", userId: event.after.userId, changed: "roles" }];
    case "role_binding.deleted":
      return [{ is: "claims_changed", userId: event.before.userId, changed: "roles" }];
    case "user.updated": {
      const changed = Object.keys(event.after).some((field) => PROFILE_FIELDS.includes(field));
      return changed ? [{ is: "claims_changed", userId: event.resource.id, changed: "profile" }] : [];
    }
    case "connection.signal_received": {
      const { userIds, credentialChange: change, sessionIds: endedSessions } = event.data;
      return change === undefined
        ? []
        : userIds.map((userId) => ({ is: "credential_changed", userId, change, endedSessions }));
    }
    case "directory_group.created": {
      const { added, addedCount } = event.data;
      return [groups(added, added.length < addedCount ? event.resource.id : null)];
    }
    case "directory_group.members_changed":
    case "directory_group.updated": {
      const { added, addedCount, removed } = event.data;
      const renamed = event.type === "directory_group.updated" && event.after.displayName !== undefined;
      const membersOf = renamed || added.length < addedCount ? event.resource.id : null;
      return [groups([...added, ...removed], membersOf)];
    }
    default:
      return [];
  }
}

function groups(directoryUserIds: readonly string[], membersOf: string | null): Occurrence {
  return { is: "groups_changed", directoryUserIds, membersOf };
}

/** Who caused it (CAEP 1.0, section 2): an administrator, the person, or the gateway by its rules. */
export function initiatingEntity({ type }: Actor): "admin" | "user" | "system" {
  switch (type) {
    case "apiKey":
    case "operator":
    case "setupLink":
      return "admin";
    case "user":
      return "user";
    default:
      return "system";
  }
}

const REASONS: Readonly<Record<string, string>> = {
  connection_disabled: "The connection to the identity provider was disabled",
  connection_deleted: "The connection to the identity provider was deleted",
  organization_deleted: "The organization was deleted",
  revoked_by_operator: "An administrator ended the session",
  user_linked: "An administrator joined two users",
  idp_signal: "The identity provider told of a security event",
  idp_logout: "The identity provider ended the session",
  logout: "The person signed out",
};

/** For administrators (CAEP 1.0, section 2; the interoperability profile requires it, and that it is not empty). */
export function reasonAdmin(event: RecordedEvent): { readonly en: string } {
  if (event.type === "session.revoked") {
    const { reason } = event.data;
    return { en: REASONS[reason] ?? `The session ended: ${reason.replaceAll("_", " ")}` };
  }
  if (event.type === "user.updated") {
    return { en: "The profile of the person changed" };
  }
  if (event.type === "connection.signal_received") {
    return { en: "The identity provider told of a changed credential" };
  }
  return {
    en: event.type.startsWith("role_binding.")
      ? "The roles of the person changed"
      : "The groups of the person changed",
  };
}
