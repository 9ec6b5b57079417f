export interface CookieNames {
  /** The browser's sign-in, for all paths. */
  readonly session: string;
  /** Ties an authorization request to its browser, on the path of its sign-in page. */
  readonly interaction: string;
  /** The same, on the path where the request goes on. */
  readonly resume: string;
}

/**
 * Over https the names carry prefixes (RFC 6265bis, 4.1.3). `__Host-` keeps neighbouring subdomains from planting a
 * session. `__Secure-` does not: it only keeps out who has no https. A path of its own rules the other out, and what
 * these two cookies could lead to is a sign-in of the person's own, in their own browser, for a request that the
 * application did not make there and refuses by its `state`.
 */
export function cookieNames(publicUrl: string): CookieNames {
  const [host, secure] = publicUrl.startsWith("https:") ? ["__Host-", "__Secure-"] : ["", ""];
  return {
    session: `${host}sallyport_session`,
    interaction: `${secure}sallyport_interaction`,
    resume: `${secure}sallyport_resume`,
  };
}
