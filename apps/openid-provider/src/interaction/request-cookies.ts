import type { KoaContextWithOIDC, Provider } from "oidc-provider";

/**
 * The cookie of the browser's sign-in, for all paths. Over https its prefix keeps neighbouring subdomains from planting a
 * session of their own (RFC 6265bis, 4.1.3.2).
 */
export function sessionCookieName(publicUrl: string): string {
  return `${publicUrl.startsWith("https:") ? "__Host-" : ""}sallyport_session`;
}

/**
 * oidc-provider ties a waiting request to its browser by two cookies more, on the paths of its sign-in page and of where
 * it goes on. With a path they can have no `__Host-` prefix, so a neighbouring subdomain can plant them. Ours are tied by
 * the cookie that recognizes browsers, in the key that they are stored under; so these two are neither set nor believed:
 * which request goes on is what the path says.
 */
export function leaveOutRequestCookies(
  provider: Provider,
  ctx: Pick<KoaContextWithOIDC, "cookies" | "path">,
): void {
  const { cookies } = ctx;
  const get = cookies.get.bind(cookies);
  const set = cookies.set.bind(cookies);
  const [interaction, resume] = [provider.cookieName("interaction"), provider.cookieName("resume")];
  cookies.get = (name, options) => (name === resume ? ctx.path.split("/").at(-1) : get(name, options));
  cookies.set = (name, value, options) =>
    name === interaction || name === resume ? cookies : set(name, value, options);
}
