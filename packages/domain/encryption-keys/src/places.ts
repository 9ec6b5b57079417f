/** A column, or a field of one, whose values are sealed under the key ring (`@sallyport/secrets`). All of it is SQL. */
interface Place {
  /** What a value of it is, for people. */
  readonly what: string;
  readonly table: string;
  /** What the value is sealed for, beside the place: tells its row from the others. */
  readonly key: string;
  readonly keyType: "uuid" | "text";
  readonly value: string;
  /** The place that the value is sealed for, where it moves there as it is. Default: this one. */
  readonly sealedFor?: string;
  /** Puts `$3` in its place. */
  readonly assign: string;
  /** Rows that somebody may still open. */
  readonly where: string;
}

/** The client secret in a version of a connection's settings, which moves between there and the connection as it is. */
const versionSecret = (kind: "draft" | "replaced", what: string) =>
  ({
    what,
    table: "connection_versions",
    key: "connection_id",
    keyType: "uuid",
    value: "settings->>'clientSecret'",
    sealedFor: "connections.settings.clientSecret",
    assign: "settings = jsonb_set(settings, '{clientSecret}', to_jsonb($3::text))",
    where: `kind = '${kind}' AND settings->>'clientSecret' IS NOT NULL`,
  }) as const satisfies Place;

/**
 * Every place where something sealed is stored. What is sealed for a place that is not here is never sealed anew, and is
 * lost with the key that it was sealed under: `sealContext` takes no other.
 */
export const SEALED_PLACES = {
  "connections.settings.clientSecret": {
    what: "client secret of a connection",
    table: "connections",
    key: "id",
    keyType: "uuid",
    value: "settings->>'clientSecret'",
    assign: "settings = jsonb_set(settings, '{clientSecret}', to_jsonb($3::text))",
    where: "type = 'oidc' AND settings->>'clientSecret' IS NOT NULL",
  },
  "connection_versions.draft.clientSecret": versionSecret(
    "draft",
    "client secret of a draft of a connection",
  ),
  "connection_versions.replaced.clientSecret": versionSecret(
    "replaced",
    "client secret that the draft of a connection replaced",
  ),
  "connection_keys.private_key": {
    what: "private key of a connection",
    table: "connection_keys",
    key: "id",
    keyType: "uuid",
    value: "private_key",
    assign: "private_key = $3",
    where: "retired_at IS NULL",
  },
  "login_requests.sealed_state": {
    what: "sign-in under way",
    table: "login_requests",
    key: "id",
    keyType: "text",
    value: "sealed_state",
    assign: "sealed_state = $3",
    where: "used_at IS NULL",
  },
  "sessions.idp_session.idToken": {
    what: "ID token of a session, for its logout at the identity provider",
    table: "sessions",
    key: "id",
    keyType: "uuid",
    value: "idp_session->>'idToken'",
    assign: "idp_session = jsonb_set(idp_session, '{idToken}', to_jsonb($3::text))",
    where: "revoked_at IS NULL AND expires_at > now() AND idp_session->>'idToken' IS NOT NULL",
  },
  "audit_streams.secret": {
    what: "secret of an audit stream's destination",
    table: "audit_streams",
    key: "id",
    keyType: "uuid",
    value: "secret",
    assign: "secret = $3",
    where: "secret IS NOT NULL",
  },
  "webhook_endpoints.secret": {
    what: "secret of a webhook endpoint",
    table: "webhook_endpoints",
    key: "id",
    keyType: "uuid",
    value: "secret",
    assign: "secret = $3",
    where: "true",
  },
  "webhook_endpoints.previous_secret": {
    what: "secret of a webhook endpoint that was replaced, and signs a while longer",
    table: "webhook_endpoints",
    key: "id",
    keyType: "uuid",
    value: "previous_secret",
    assign: "previous_secret = $3",
    where: "previous_secret IS NOT NULL",
  },
  "signing_keys.private_jwk": {
    what: "signing key of tokens",
    table: "signing_keys",
    key: "id",
    keyType: "text",
    value: "private_jwk",
    assign: "private_jwk = $3",
    where: "distrusted_at IS NULL",
  },
  "audit_keys.private_jwk": {
    what: "key that signs the audit trail",
    table: "audit_keys",
    key: "id",
    keyType: "text",
    value: "private_jwk",
    assign: "private_jwk = $3",
    // Retired ones, too: that they open proves that they are ours.
    where: "true",
  },
  "signal_streams.authorization": {
    what: "authorization header of a signal stream",
    table: "signal_streams",
    key: "id",
    keyType: "uuid",
    value: '"authorization"',
    assign: '"authorization" = $3',
    where: '"authorization" IS NOT NULL',
  },
  "idp_streams.credential": {
    what: "credential for an identity provider's stream of signals",
    table: "idp_streams",
    key: "id",
    keyType: "uuid",
    value: "credential",
    assign: "credential = $3",
    where: "true",
  },
  "op_artifacts.payload": {
    what: "key of the browsers' cookies",
    table: "op_artifacts",
    key: "kind",
    keyType: "text",
    value: "payload->>'sealed'",
    assign: "payload = jsonb_set(payload, '{sealed}', to_jsonb($3::text))",
    where: "kind = 'CookieKey'",
  },
} as const satisfies Readonly<Record<string, Place>>;

export type SealedPlace = keyof typeof SEALED_PLACES;

/** The places with their names, in one order. */
export const PLACES = Object.entries(SEALED_PLACES) as readonly (readonly [SealedPlace, Place])[];

/** What a value is sealed for (see `SecretBox.seal`): it opens in no other row, and at no other place. */
export function sealContext(place: SealedPlace, key: string): string {
  return `${place}:${key}`;
}

/** What the values of a place are sealed for. */
export function contextOf(place: SealedPlace, key: string): string {
  const { sealedFor }: Place = SEALED_PLACES[place];
  return `${sealedFor ?? place}:${key}`;
}
