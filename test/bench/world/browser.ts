import { type Answer, expectStatus, type Http } from "./http.ts";

/** A browser as far as a sign-in needs one: its cookies, redirects, and forms that post themselves. */
export interface Browser {
  get(url: string): Promise<Page>;
  /** `fromOtherSite`: cookies that are SameSite=Lax, as all are unless they say otherwise, stay at home. */
  post(url: string, fields: Readonly<Record<string, string>>, from?: "fromOtherSite"): Promise<Page>;
}

export interface Page extends Answer {
  readonly url: string;
}

interface Cookie {
  readonly value: string;
  readonly path: string;
  readonly crossSite: boolean;
}

export function createBrowser(http: Http): Browser {
  const jars = new Map<string, Map<string, Cookie>>();

  const visit = async (
    url: string,
    call: Parameters<Http["send"]>[1],
    fromOtherSite: boolean,
  ): Promise<Page> => {
    const { origin, pathname } = new URL(url);
    const jar = jars.get(origin) ?? new Map<string, Cookie>();
    jars.set(origin, jar);
    const sent = [...jar]
      .filter(([, { path, crossSite }]) => isBelow(pathname, path) && (crossSite || !fromOtherSite))
      .map(([name, { value }]) => `${name}=${value}`);
    const headers = { ...call.headers, ...(sent.length === 0 ? {} : { cookie: sent.join("; ") }) };
    const answer = await http.send(url, { ...call, headers });
    for (const line of answer.cookies) {
      keep(jar, line);
    }
    const location = answer.location === undefined ? undefined : new URL(answer.location, url).href;
    return { ...answer, url, location };
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
  };
}

/** Follows redirects until one leads outside `within`; resolves to the page that gave it. */
export async function followWithin(
  browser: Browser,
  first: Page,
  within: string,
): Promise<Page & { location: string }> {
  let page = first;
  while (page.location?.startsWith(`${within}/`)) {
    page = await browser.get(page.location);
  }
  const { location } = page;
  if (location !== undefined) {
    return { ...page, location };
  }
  expectStatus(page, 303, page.url.replace(/\?.*/, ""));
  throw new Error(`${page.url} redirects nowhere`);
}

/** Posts the one form of a page as its script would. */
export function submitForm(browser: Browser, page: Page): Promise<Page> {
  const { action, fields } = formOf(page);
  return browser.post(action, fields);
}

/** The one form of a page. */
export function formOf(page: Page): { action: string; fields: Record<string, string> } {
  const action = /<form[^>]* action="([^"]*)"/.exec(page.body)?.[1];
  if (action === undefined) {
    throw new Error(`no form on ${page.url}: ${page.body.slice(0, 300)}`);
  }
  const inputs = [...page.body.matchAll(/<input[^>]*\sname="([^"]*)"\s+value="([^"]*)"/g)];
  const fields = Object.fromEntries(
    inputs.map(([, name = "", value = ""]) => [unescapeHtml(name), unescapeHtml(value)]),
  );
  return { action: new URL(unescapeHtml(action), page.url).href, fields };
}

function keep(jar: Map<string, Cookie>, line: string): void {
  const [pair = "", ...attributes] = line.split(";").map((part) => part.trim());
  const at = pair.indexOf("=");
  const name = pair.slice(0, at);
  if (attributes.some((attribute) => /^(expires=Thu, 01 Jan 1970|max-age=0$)/i.test(attribute))) {
    jar.delete(name);
    return;
  }
  const path = attributes.find((attribute) => /^path=/i.test(attribute))?.slice("path=".length) ?? "/";
  const crossSite = attributes.some((attribute) => /^samesite=none$/i.test(attribute));
  jar.set(name, { value: pair.slice(at + 1), path, crossSite });
}

const isBelow = (pathname: string, path: string) =>
  path === "/" || pathname === path || pathname.startsWith(path.endsWith("/") ? path : `${path}/`);

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

function unescapeHtml(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (entity, name: string) => ENTITIES[name] ?? entity);
}
