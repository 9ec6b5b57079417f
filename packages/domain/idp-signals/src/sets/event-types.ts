const CAEP = "https://schemas.openid.net/secevent/caep/event-type/";
const RISC = "https://schemas.openid.net/secevent/risc/event-type/";

export const CREDENTIAL_CHANGE = `${CAEP}credential-change`;

/** What of an IdP's events ends all sessions of the person (CAEP 1.0, section 3; RISC 1.0, section 2). */
const ENDS = new Set([
  `${CAEP}session-revoked`,
  CREDENTIAL_CHANGE,
  `${RISC}account-disabled`,
  `${RISC}account-purged`,
  `${RISC}account-credential-change-required`,
  `${RISC}credential-compromise`,
  `${RISC}sessions-revoked`,
]);

/** What ends them only where the connection says so: it may as well mean little. */
const MAY_END = new Set([
  `${CAEP}token-claims-change`,
  `${CAEP}device-compliance-change`,
  `${CAEP}assurance-level-change`,
]);

/**
 * Others know the person's credentials: it is urgent, and counts apart, so that a flood of other events does not hold it back.
 * A flood of these is held as well.
 */
const URGENT = new Set([`${RISC}credential-compromise`]);

/** About the stream itself (SSF 1.0, section 8.1.4). */
export const VERIFICATION = "https://schemas.openid.net/secevent/ssf/event-type/verification";
export const STREAM_UPDATED = "https://schemas.openid.net/secevent/ssf/event-type/stream-updated";

/** What the gateway asks for where it makes a stream. */
export const EVENTS_REQUESTED: readonly string[] = [...ENDS, ...MAY_END];

export function isUrgent(type: string): boolean {
  return URGENT.has(type);
}

/** Whether an event of this type ends sessions; all others are noted and do nothing. */
export function endsSessions(type: string, strict: boolean): boolean {
  return ENDS.has(type) || (strict && MAY_END.has(type));
}
