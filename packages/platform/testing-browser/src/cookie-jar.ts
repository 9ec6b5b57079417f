export interface HeldCookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
}

interface Cookie extends HeldCookie {
  /** The origin that set it, or the domain whose subdomains get it, too. */
  readonly owner: { readonly origin: string } | { readonly domain: string };
  /** Sent with requests that another site begins. */
  readonly crossSite: boolean;
}

/**
 * The cookies of a browser, by RFC 6265bis: paths, SameSite, and what a neighbouring subdomain can plant, and no more.
 * Servers at different ports are kept apart, as they stand for different hosts.
 */
export class CookieJar {
  #cookies: Cookie[] = [];

  /** The value of Cookie for a request; undefined where there is none to send. */
  header(url: URL, crossSite: boolean): string | undefined {
    const sent = this.#cookies
      .filter(({ owner }) => ("origin" in owner ? owner.origin === url.origin : isWithin(url, owner.domain)))
      .filter((cookie) => isBelow(url.pathname, cookie.path) && (cookie.crossSite || !crossSite))
      // The longest paths first (5.8.3).
      .sort((one, other) => other.path.length - one.path.length);
    return sent.length === 0 ? undefined : sent.map(({ name, value }) => `${name}=${value}`).join("; ");
  }

  /** Takes a line of Set-Cookie. */
  take(line: string, { origin }: URL): void {
    const [pair = "", ...attributes] = line.split(";").map((part) => part.trim());
    const attribute = (name: string) =>
      attributes.find((text) => text.toLowerCase().startsWith(`${name}=`))?.slice(name.length + 1);
    const at = pair.indexOf("=");
    const cookie = {
      name: pair.slice(0, at),
      value: pair.slice(at + 1),
      path: attribute("path") ?? "/",
      owner: { origin },
      crossSite: attribute("samesite")?.toLowerCase() === "none",
    };
    const secure = attributes.some((text) => text.toLowerCase() === "secure");
    if (isHostPrefixed(cookie.name) && !(cookie.path === "/" && secure)) {
      return; // 4.1.3.2
    }
    this.#remove(cookie);
    // Servers delete by a time long ago; their clock need not be ours.
    const ends = Date.parse(attribute("expires") ?? "") < ONE_DAY_MS || Number(attribute("max-age")) <= 0;
    if (!ends) {
      this.#cookies.push(cookie);
    }
  }

  /** The value of a cookie that `origin` has set. */
  value(origin: string, name: string): string | undefined {
    return this.held(origin).find((cookie) => cookie.name === name)?.value;
  }

  /** Holds a cookie of `origin`, however it came by it: over http under a name that is for https alone, too. */
  hold(origin: string, name: string, value: string): void {
    const cookie = { name, value, path: "/", owner: { origin }, crossSite: false };
    this.#remove(cookie);
    this.#cookies.push(cookie);
  }

  /** A page of `evil.<domain>` sets a cookie for the whole domain. False where the browser does not take it. */
  plant(domain: string, { name, value, path }: HeldCookie): boolean {
    if (isHostPrefixed(name)) {
      return false; // such a cookie has no Domain (4.1.3.2)
    }
    const cookie = { name, value, path, owner: { domain }, crossSite: true };
    this.#remove(cookie);
    this.#cookies.push(cookie);
    return true;
  }

  /** What pages have set, of `origin` alone if it is given. */
  held(origin?: string): readonly HeldCookie[] {
    return this.#cookies.filter(
      ({ owner }) => "origin" in owner && (origin === undefined || owner.origin === origin),
    );
  }

  /** Forgets the cookies whose name contains `name`. */
  lose(name: string): void {
    this.#cookies = this.#cookies.filter((cookie) => !cookie.name.includes(name));
  }

  #remove({ name, path, owner }: Cookie): void {
    const key = JSON.stringify(owner);
    this.#cookies = this.#cookies.filter(
      (other) => other.name !== name || other.path !== path || JSON.stringify(other.owner) !== key,
    );
  }
}

const ONE_DAY_MS = 24 * 60 * 60 * 1000;

/** What browsers take for a space before the name does not hide the prefix (5.6). */
const isHostPrefixed = (name: string) => /^[ \t]*__Host-/.test(name);

const isWithin = ({ hostname }: URL, domain: string) =>
  hostname === domain || hostname.endsWith(`.${domain}`);

const isBelow = (pathname: string, path: string) =>
  path === "/" || pathname === path || pathname.startsWith(path.endsWith("/") ? path : `${path}/`);
