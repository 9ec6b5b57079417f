/**
 * The cookie of the browser's sign-in, for all paths. Over https its prefix keeps neighbouring subdomains from planting a
 * session of their own (RFC 6265bis, 4.1.3.2).
 */
export function sessionCookieName(publicUrl: string): string {
  return `${publicUrl.startsWith("https:") ? "__Host-" : ""}sallyport_session`;
}
