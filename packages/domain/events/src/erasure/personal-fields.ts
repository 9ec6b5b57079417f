/**
 * The fields of events, at any depth, that say something of a person beyond an id. A test asks of each whose
 * name sounds like one whether it is.
 */
export const PERSONAL_FIELDS: ReadonlySet<string> = new Set([
  "email",
  "emailVerified",
  "name",
  "givenName",
  "familyName",
  "username",
  "subject",
  "userName",
  "externalId",
  "claim",
]);
