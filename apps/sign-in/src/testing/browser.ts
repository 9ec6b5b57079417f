/** A browser as far as a sign-in needs one: cookies by origin, forms, and no redirect followed unasked. */
export interface TestBrowser {
  get(url: string): Promise<Visit>;
  post(url: string, fields: Record<string, string>, options?: { crossSite?: boolean }): Promise<Visit>;
  /** Follows redirects within `origin` until something else comes. */
  follow(visit: Visit, origin: string): Promise<Visit>;
  /** Plants a cookie. */
  hold(origin: string, name: string, value: string): void;
  /** The value of a cookie that it holds. */
  held(origin: string, name: string): string | undefined;
}

export interface Visit {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
  /** Absolute; empty when the answer is no redirect. */
  readonly location: string;
  /** The page's form, if it has one. */
  readonly form: { readonly action: string; readonly fields: Record<string, string> } | null;
}

export function createTestBrowser(): TestBrowser {
  const jars = new Map<string, Map<string, string>>();
  const jar = (url: string) => {
    const { origin } = new URL(url);
    const known = jars.get(origin) ?? new Map<string, string>();
    jars.set(origin, known);
    return known;
  };

  async function visit(url: string, init: RequestInit, sendCookies: boolean): Promise<Visit> {
    const cookies = [...jar(url)].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = new Headers(init.headers);
    if (sendCookies && cookies !== "") {
      headers.set("cookie", cookies);
    }
    const response = await fetch(url, { ...init, headers, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) {
      const [pair = "", ...attributes] = line.split(";");
      const at = pair.indexOf("=");
      const gone = attributes.some((attribute) => /expires=Thu, 01 Jan 1970/i.test(attribute));
      if (gone) {
        jar(url).delete(pair.slice(0, at));
      } else {
        jar(url).set(pair.slice(0, at), pair.slice(at + 1));
      }
    }
    const body = await response.text();
    const location = response.headers.get("location");
    return {
      status: response.status,
      headers: response.headers,
      body,
      location: location === null ? "" : new URL(location, url).toString(),
      form: readForm(body, url),
    };
  }

  const browser: TestBrowser = {
    get: (url) => visit(url, {}, true),
    post: (url, fields, options = {}) =>
      // SameSite=Lax: a post that another site started carries no cookie.
      visit(url, { method: "POST", body: new URLSearchParams(fields) }, options.crossSite !== true),
    async follow(first, origin) {
      let current = first;
      while (current.location.startsWith(`${origin}/`)) {
        current = await browser.get(current.location);
      }
      return current;
    },
    hold: (origin, name, value) => void jar(origin).set(name, value),
    held: (origin, name) => jar(origin).get(name),
  };
  return browser;
}

function readForm(markup: string, base: string): Visit["form"] {
  const form = /<form[^>]*action="([^"]*)"[^>]*>([\s\S]*?)<\/form>/.exec(markup);
  if (form === null) {
    return null;
  }
  const fields: Record<string, string> = {};
  for (const [tag] of (form[2] ?? "").matchAll(/<input[^>]*>/g)) {
    const name = /name="([^"]*)"/.exec(tag)?.[1];
    if (name !== undefined) {
      fields[name] = unescapeHtml(/value="([^"]*)"/.exec(tag)?.[1] ?? "");
    }
  }
  return { action: new URL(unescapeHtml(form[1] ?? ""), base).toString(), fields };
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

function unescapeHtml(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (all, name: string) => ENTITIES[name] ?? all);
}
