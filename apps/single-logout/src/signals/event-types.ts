const CAEP = "https://schemas.openid.net/secevent/caep/event-type/";
const RISC = "https://schemas.openid.net/secevent/risc/event-type/";

/** What of an IdP's events ends all sessions of the person (CAEP 1.0, section 3; RISC 1.0, section 2). */
const ENDS = new Set([
  `${CAEP}session-revoked`,
  `${CAEP}credential-change`,
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

/** Whether an event of this type ends sessions; all others are noted and do nothing. */
export function endsSessions(type: string, strict: boolean): boolean {
  return ENDS.has(type) || (strict && MAY_END.has(type));
}
