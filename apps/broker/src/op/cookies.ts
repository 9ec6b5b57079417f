export interface CookieNames {
  /** The browser's sign-in, for all paths. */
  readonly session: string;
  /** Ties an authorization request to its browser, on the path of its sign-in page. */
  readonly interaction: string;
  /** The same, on the path where the request goes on. */
  readonly resume: string;
}

/** Over https the names carry prefixes that keep neighbouring subdomains from planting cookies (RFC 6265bis, 4.1.3). */
export function cookieNames(publicUrl: string): CookieNames {
  const [host, secure] = publicUrl.startsWith("https:") ? ["__Host-", "__Secure-"] : ["", ""];
  return {
    session: `${host}sallyport_session`,
    interaction: `${secure}sallyport_interaction`,
    resume: `${secure}sallyport_resume`,
  };
}
