import { digestToken } from "@sallyport/secrets";

/** What an artifact says, as oidc-provider made it, without its own id. */
export type Payload = Readonly<Record<string, unknown>>;

export interface Artifact {
  /** oidc-provider's model: "Session", "AuthorizationCode" ... */
  readonly kind: string;
  /** The secret that it is found by. Stores keep its digest only. */
  readonly id: string;
  readonly payload: Payload;
  /** The authorization that it belongs to: all of these can be removed together. */
  readonly grantId: string | null;
  readonly expiresAt: Date;
}

export type ArtifactKey = Pick<Artifact, "kind" | "id">;

/** That an application gets tokens of a session. */
export interface SessionUse {
  readonly sessionId: string;
  readonly clientId: string;
}

/** What one request changes. */
export interface Changes {
  readonly put?: readonly Artifact[];
  /** Put where it is not there yet. */
  readonly add?: readonly Artifact[];
  readonly remove?: readonly ArtifactKey[];
  /** A row of `session_applications`, in PostgreSQL wherever the artifacts are. */
  readonly use?: SessionUse | undefined;
}

export interface FoundArtifact {
  readonly payload: Payload;
  /** When it had been used before; null when it had not. */
  readonly consumedAt: Date | null;
}

/** Where the OpenID Provider keeps its state. What has expired is not found. */
export interface ArtifactStore {
  /** `put` goes over what is there. When it resolves, all of it is done. */
  write(changes: Changes): Promise<void>;
  find(key: ArtifactKey): Promise<FoundArtifact | null>;
  /** Finds and removes: of several callers at once, one gets it. */
  take(key: ArtifactKey): Promise<Payload | null>;
  /** Finds and marks as used: of several callers at once, one gets it as not used before. */
  consume(key: ArtifactKey): Promise<FoundArtifact | null>;
  /** Adds the member `name` and returns the payload; null when it is not there, or has that member already. */
  addOnce(key: ArtifactKey, name: string, value: unknown): Promise<Payload | null>;
  /** Removes what the authorization `grantId` led to. */
  removeGrant(grantId: string): Promise<void>;
  close(): Promise<void>;
}

/** What is stored in place of an id: whoever reads the store cannot use what is in it. */
export function digestOf(key: ArtifactKey): Buffer {
  return digestToken(key.id);
}
