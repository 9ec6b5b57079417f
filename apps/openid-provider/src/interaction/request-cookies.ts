import type { KoaContextWithOIDC, Provider } from "oidc-provider";

type Cookies = KoaContextWithOIDC["cookies"];

/**
 * The cookies that oidc-provider sees, without the two by which it ties a waiting request to its browser, on the paths of
 * its sign-in page and of where it goes on. With a path they can have no `__Host-` prefix (RFC 6265bis, 4.1.3.2), so a
 * neighbouring subdomain can plant them, and no option leaves them out. Ours are tied by the cookie that recognizes
 * browsers, in the key that they are stored under. So these two are neither set nor believed: which request goes on is
 * what the path says. Koa takes another implementation by assignment to `ctx.cookies`.
 */
export function withoutRequestCookies(
  provider: Provider,
  ctx: Pick<KoaContextWithOIDC, "cookies" | "path">,
): Cookies {
  const { cookies } = ctx;
  const interaction = provider.cookieName("interaction");
  const resume = provider.cookieName("resume");
  const reduced: Cookies = Object.create(cookies, {
    get: {
      value: (name: string, options?: Parameters<Cookies["get"]>[1]) =>
        name === resume ? ctx.path.split("/").at(-1) : cookies.get(name, options),
    },
    set: {
      value: (name: string, ...rest: [value?: string | null, options?: Parameters<Cookies["set"]>[2]]) =>
        name === interaction || name === resume ? reduced : cookies.set(name, ...rest),
    },
  });
  return reduced;
}
