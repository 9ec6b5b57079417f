import type { DirectoryPerson } from "@sallyport/directories";
import { canonicalAddress, type KnownPerson, readableAddress } from "@sallyport/people";

/** By what a person is found in texts. */
export interface PersonValues {
  /** Nobody can have one that is a word of ours: so they count wherever they stand. */
  readonly addresses: ReadonlySet<string>;
  /** Addresses, and names and ids that are long enough to be nobody else's. */
  readonly strong: ReadonlySet<string>;
  /** Short ones ("anna", "1001"): found only where they are the whole value of a field that holds such a thing. */
  readonly weak: ReadonlySet<string>;
}

/** From here on a name or id is taken for nobody else's wherever it stands. */
const LONG = 8;

/** The person's values, each in every form in which it may have been written. */
export function classify(values: Iterable<string>): PersonValues {
  const addresses = new Set<string>();
  const strong = new Set<string>();
  const weak = new Set<string>();
  for (const value of values) {
    for (const form of formsOf(value)) {
      const isAddress = canonicalAddress(form) !== null;
      (isAddress || form.length >= LONG ? strong : weak).add(form);
      if (isAddress) {
        addresses.add(form);
      }
    }
  }
  return { addresses, strong, weak };
}

function formsOf(value: string): string[] {
  const trimmed = value.trim();
  const address = canonicalAddress(trimmed);
  const forms = address === null ? [trimmed] : [trimmed, address, readableAddress(address)];
  return [...new Set(forms)].filter((form) => form !== "");
}

/** All by which a person is called in what is stored of them: addresses, user names, ids that directories and IdPs gave. */
export function valuesOf(
  person: KnownPerson,
  told: DirectoryPerson,
  nameIds: readonly (string | null)[],
): Set<string> {
  return new Set(
    [
      person.email,
      person.username,
      ...person.subjects,
      ...[...person.identifiers, ...told.identifiers].map(valueOfIdentifier),
      ...told.userNames,
      ...told.externalIds,
      ...told.emails,
      ...nameIds,
    ].filter((value): value is string => value !== null && value !== ""),
  );
}

/** `address:anna@acme.com` is about `anna@acme.com`; what is stored as a digest of it is about that digest. */
export function valueOfIdentifier(identifier: string): string {
  return identifier.replace(/^(?:address|name|id):/, "");
}

/** Full names, which are looked for in what administrators typed alone: many people may have the same. */
export function fullNames(names: readonly string[]): string[] {
  return [...new Set(names.map((name) => name.trim()))].filter((name) => /\S\s+\S/.test(name));
}
