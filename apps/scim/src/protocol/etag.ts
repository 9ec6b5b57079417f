import { ScimError } from "./error.ts";

/** The weak entity tag of a version (RFC 7644 §3.14): the same content in another projection has the same one. */
export function etagOf(version: number): string {
  return `W/"${version}"`;
}

/** Whether a list of entity tags, as in If-Match, names this version; `*` names every one. RFC 9110 §8.8.3.2, weakly. */
export function namesVersion(header: string, version: number): boolean {
  return header.split(",").some((tag) => {
    const text = tag.trim();
    return text === "*" || text.replace(/^W\//, "") === `"${version}"`;
  });
}

/** 412 unless If-Match, where there is one, names this version (RFC 7644 §3.14). */
export function requireMatch(ifMatch: string | undefined, version: number): void {
  if (ifMatch === undefined || namesVersion(ifMatch, version)) {
    return;
  }
  throw new ScimError(
    412,
    `The resource has changed: its version is ${etagOf(version)}. Read it again, then retry.`,
  );
}

/** The versions that an If-Match names, for a condition in SQL; null when any will do. */
export function versionsIn(ifMatch: string | undefined): number[] | null {
  if (ifMatch === undefined || namesVersion(ifMatch, 0)) {
    return null;
  }
  const tags = ifMatch.matchAll(/"(\d{1,9})"/g);
  return [...tags].map(([, version]) => Number(version));
}
