const CAEP = "https://schemas.openid.net/secevent/caep/event-type/";
const SSF = "https://schemas.openid.net/secevent/ssf/event-type/";

/** What streams may ask for (CAEP 1.0, section 3). */
export const SIGNAL_TYPES = {
  sessionRevoked: `${CAEP}session-revoked`,
  tokenClaimsChange: `${CAEP}token-claims-change`,
  credentialChange: `${CAEP}credential-change`,
} as const;

/** What a stream tells of itself, whether it was asked for or not (SSF 1.0, sections 8.1.4 and 8.1.5). */
export const STREAM_EVENT_TYPES = {
  verification: `${SSF}verification`,
  streamUpdated: `${SSF}stream-updated`,
} as const;

/** `events_supported`. */
export const SUPPORTED: readonly string[] = Object.values(SIGNAL_TYPES);
