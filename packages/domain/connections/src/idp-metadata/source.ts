import { isSecureUrl } from "../urls.ts";

/**
 * Whether unsigned metadata comes from where it came from before: the host of the connection's metadata URL, over https
 * (or from this very machine), which is all that speaks for it.
 */
export function isSameSource(metadataUrl: string, fetchedFrom: string): boolean {
  return isSecureUrl(fetchedFrom) && new URL(fetchedFrom).host === new URL(metadataUrl).host;
}
