import { createHash } from "node:crypto";
import { canonicalAddress } from "./address.ts";

/**
 * By what a directory knows a person, in the form in which it is stored and compared (directory_identifiers):
 * `address:anna@acme.com`, `name:anna` for a userName that is no address, `id:00u1` for an externalId.
 */
export type Identifier = string;

const addressIdentifier = (address: string): Identifier => `address:${address}`;
const idIdentifier = (externalId: string): Identifier => `id:${externalId.trim()}`;

/** Longest identifier, in bytes: it stands in an index, where PostgreSQL takes no more than 2,704. */
const MAX_BYTES = 1100;

/** A user name, which many directories make of an address. */
function nameIdentifier(name: string): Identifier {
  const address = canonicalAddress(name);
  return address === null ? `name:${name.trim().toLowerCase()}` : addressIdentifier(address);
}

/** By what a SCIM client names a user (RFC 7643, 4.1.1). */
export interface DirectoryIdentity {
  readonly userName: string;
  readonly externalId: string | null;
  /** The values of `emails`, as they were pushed. */
  readonly emails: readonly string[];
}

/** All by which a directory knows a user, each once. */
export function identifiersOf({ userName, externalId, emails }: DirectoryIdentity): Identifier[] {
  return fitting([
    nameIdentifier(userName),
    ...emails.flatMap((email) => {
      const address = canonicalAddress(email);
      return address === null ? [] : [addressIdentifier(address)];
    }),
    ...(externalId === null ? [] : [idIdentifier(externalId)]),
  ]);
}

/** The addresses among them. */
export function addressesOf(identifiers: readonly Identifier[]): string[] {
  return identifiers.flatMap((identifier) =>
    identifier.startsWith("address:") ? [identifier.slice("address:".length)] : [],
  );
}

/**
 * The addresses among `identifiers` that are not the user's primary one: the `userName`, or else the primary email. People
 * often may add to their emails themselves.
 *
 * @param user with `email`: the primary one, canonical
 */
export function secondaryAddresses(
  user: Pick<DirectoryIdentity, "userName"> & { readonly email: string | null },
  identifiers: readonly Identifier[],
): Identifier[] {
  const primary = canonicalAddress(user.userName) ?? user.email;
  return identifiers.filter(
    (identifier) => identifier.startsWith("address:") && identifier !== `address:${primary}`,
  );
}

/** By what a login names its person. */
export interface LoginIdentity {
  readonly subject: string;
  readonly email?: string | undefined;
  readonly username?: string | undefined;
  readonly directoryKey?: DirectoryKey | undefined;
}

/**
 * Every identifier that a login may be of, whatever its IdP calls it: for what must keep somebody out. What lets somebody
 * in is matched far more narrowly (see who-is-it.ts).
 */
export function identifiersOfLogin({ subject, email, username, directoryKey }: LoginIdentity): Identifier[] {
  const names = [subject, email, username].filter((name) => name !== undefined);
  return fitting([
    ...names.map(nameIdentifier),
    idIdentifier(subject),
    ...(directoryKey === undefined ? [] : [identifierOfKey(directoryKey)]),
  ]);
}

/** The attribute of directory users that a connection's subject is, with its value (see `subjectMatches`). */
export interface DirectoryKey {
  readonly attribute: "externalId" | "userName";
  readonly value: string;
}

/** What a directory knows a user by who has the key. */
export function identifierOfKey({ attribute, value }: DirectoryKey): Identifier {
  const identifier = attribute === "externalId" ? idIdentifier(value) : nameIdentifier(value);
  return fitting([identifier])[0] ?? identifier;
}

/** A directory key in one text, as identities keep it. */
export function storedKey({ attribute, value }: DirectoryKey): string {
  return attribute === "externalId" ? `externalId:${value}` : `userName:${value.toLowerCase()}`;
}

/** The directory keys of which one may be a login of the directory user. */
export function directoryKeysOf({ userName, externalId }: Omit<DirectoryIdentity, "emails">): DirectoryKey[] {
  const name = { attribute: "userName", value: userName } as const;
  return externalId === null ? [name] : [name, { attribute: "externalId", value: externalId }];
}

function fitting(identifiers: readonly Identifier[]): Identifier[] {
  return [...new Set(identifiers)].map((identifier) =>
    Buffer.byteLength(identifier) <= MAX_BYTES
      ? identifier
      : `long:${createHash("sha256").update(identifier).digest("base64url")}`,
  );
}
