import type { Browser, Page } from "../../bench/world/browser.ts";
import type { Answer, Http } from "../../bench/world/http.ts";

/**
 * A browser that keeps cookies as RFC 6265bis says, so that a neighbouring subdomain can plant in it what it can plant in
 * a real one, and no more.
 */
export interface CookieBrowser extends Browser {
  /** What its pages have set. */
  held(): readonly HeldCookie[];
  /** A page of `evil.<domain>` sets a cookie for the whole domain. False where the browser does not take it. */
  plant(domain: string, cookie: Pick<HeldCookie, "name" | "value" | "path">): boolean;
  /** Forgets the cookies whose name contains `name`. */
  lose(name: string): void;
}

export interface HeldCookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
}

interface Cookie extends HeldCookie {
  /** Subdomains get it, too. */
  readonly wide: boolean;
  readonly domain: string;
  readonly crossSite: boolean;
}

export function createCookieBrowser(http: Http): CookieBrowser {
  let jar: Cookie[] = [];

  const keep = (cookie: Cookie) => {
    const same = (other: Cookie) =>
      other.name === cookie.name && other.domain === cookie.domain && other.path === cookie.path;
    jar = [...jar.filter((other) => !same(other)), cookie];
  };

  const visit = async (url: string, call: Parameters<Http["send"]>[1], fromOtherSite: boolean) => {
    const { hostname, pathname } = new URL(url);
    const sent = jar
      .filter(({ domain, wide }) => hostname === domain || (wide && hostname.endsWith(`.${domain}`)))
      .filter(({ path, crossSite }) => isBelow(pathname, path) && (crossSite || !fromOtherSite))
      // The longest paths first (5.8.3).
      .sort((one, other) => other.path.length - one.path.length)
      .map(({ name, value }) => `${name}=${value}`);
    const headers = { ...call.headers, ...(sent.length === 0 ? {} : { cookie: sent.join("; ") }) };
    const answer: Answer = await http.send(url, { ...call, headers });
    for (const line of answer.cookies) {
      const cookie = parse(line, hostname);
      if (isPrefixed(cookie.name) && !(cookie.path === "/" && /; *secure/i.test(line))) {
        continue; // 4.1.3.2
      }
      keep(cookie);
      if (cookie.value === "" || /expires=Thu, 01 Jan 1970/i.test(line)) {
        jar = jar.filter((other) => other !== cookie);
      }
    }
    const location = answer.location === undefined ? undefined : new URL(answer.location, url).href;
    return { ...answer, url, location } satisfies Page;
  };

  return {
    get: (url) => visit(url, { method: "GET", headers: { accept: "text/html" } }, false),
    post: (url, fields, from) =>
      visit(
        url,
        {
          method: "POST",
          headers: { accept: "text/html", "content-type": "application/x-www-form-urlencoded" },
          body: new URLSearchParams(fields).toString(),
        },
        from === "fromOtherSite",
      ),
    held: () => jar.filter(({ wide }) => !wide),
    plant(domain, { name, value, path }) {
      if (isPrefixed(name)) {
        return false; // such a cookie has no Domain (4.1.3.2)
      }
      keep({ name, value, path, domain, wide: true, crossSite: true });
      return true;
    },
    lose: (name) => {
      jar = jar.filter((cookie) => !cookie.name.includes(name));
    },
  };
}

function parse(line: string, hostname: string): Cookie {
  const [pair = "", ...attributes] = line.split(";").map((part) => part.trim());
  const at = pair.indexOf("=");
  const path = attributes.find((attribute) => /^path=/i.test(attribute))?.slice("path=".length) ?? "/";
  return {
    name: pair.slice(0, at),
    value: pair.slice(at + 1),
    path,
    domain: hostname,
    wide: false,
    crossSite: attributes.some((attribute) => /^samesite=none$/i.test(attribute)),
  };
}

/** What browsers take for a space before the name does not hide the prefix (5.6). */
const isPrefixed = (name: string) => /^[ \t]*__Host-/.test(name);

const isBelow = (pathname: string, path: string) =>
  path === "/" || pathname === path || pathname.startsWith(path.endsWith("/") ? path : `${path}/`);
