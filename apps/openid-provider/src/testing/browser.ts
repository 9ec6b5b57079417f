/** What a browser does in these tests: keeps cookies by path, and goes where it is told, one step at a time. */
export class Browser {
  readonly #cookies = new Map<string, { value: string; path: string }>();

  async get(url: string | URL, init: RequestInit = {}): Promise<Response> {
    const target = new URL(url);
    const headers = new Headers(init.headers);
    headers.set("cookie", this.cookiesFor(target.pathname));
    if (!headers.has("accept")) {
      headers.set("accept", "text/html");
    }
    const response = await fetch(target, { ...init, headers, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) {
      this.#keep(line, target.pathname);
    }
    return response;
  }

  /** Follows redirects as long as they stay at the given origin; returns the first answer or address beyond. */
  async follow(url: string | URL): Promise<{ response: Response; url: URL }> {
    const origin = new URL(url).origin;
    let at = new URL(url);
    for (let step = 0; step < 10; step++) {
      const response = await this.get(at);
      const location = response.headers.get("location");
      if (location === null) {
        return { response, url: at };
      }
      at = new URL(location, at);
      if (at.origin !== origin || at.pathname.startsWith("/sign-in/")) {
        return { response, url: at };
      }
    }
    throw new Error(`Too many redirects, the last to ${at}`);
  }

  /** The value of a cookie that it holds. */
  cookie(name: string): string | undefined {
    return this.#cookies.get(name)?.value;
  }

  cookiesFor(path: string): string {
    return [...this.#cookies]
      .filter(([, cookie]) => path === cookie.path || path.startsWith(cookie.path.replace(/\/?$/, "/")))
      .map(([name, cookie]) => `${name}=${cookie.value}`)
      .join("; ");
  }

  #keep(line: string, requestPath: string): void {
    const [pair = "", ...attributes] = line.split(/; */);
    const [name = "", value = ""] = pair.split(/=(.*)/s);
    const attribute = (wanted: string) =>
      attributes.find((text) => text.toLowerCase().startsWith(`${wanted}=`))?.slice(wanted.length + 1);
    const expires = attribute("expires");
    if (expires !== undefined && Date.parse(expires) < Date.now()) {
      this.#cookies.delete(name);
    } else {
      this.#cookies.set(name, { value, path: attribute("path") ?? requestPath });
    }
  }
}
