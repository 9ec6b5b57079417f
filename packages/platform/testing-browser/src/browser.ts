import { CookieJar } from "./cookie-jar.ts";
import { type Call, createHttp, expectStatus, type Http } from "./http.ts";
import { formOf, Page } from "./page.ts";

/** A browser as far as a sign-in needs one: cookies, forms, and no redirect followed unasked. */
export interface Browser {
  get(url: string | URL): Promise<Page>;
  /** `fromOtherSite`: cookies that are SameSite=Lax, as all are unless they say otherwise, stay at home. */
  post(url: string, fields: Readonly<Record<string, string>>, from?: "fromOtherSite"): Promise<Page>;
  /** Any other request, with the browser's cookies. */
  send(url: string | URL, call: Call): Promise<Page>;
  /** Follows redirects as long as they stay at `origin`. */
  follow(page: Page, origin: string): Promise<Page>;
  readonly cookies: CookieJar;
}

const shared = createHttp();

/** @param http whose connections it uses; by default the one of all browsers that are given none */
export function createBrowser(http: Http = shared): Browser {
  const cookies = new CookieJar();

  async function visit(url: string | URL, call: Call, crossSite = false): Promise<Page> {
    const target = new URL(url);
    const cookie = cookies.header(target, crossSite);
    const headers = { accept: "text/html", ...call.headers, ...(cookie === undefined ? {} : { cookie }) };
    const answer = await http.send(target.href, { ...call, headers });
    for (const line of answer.cookies) {
      cookies.take(line, target);
    }
    return new Page(target.href, answer);
  }

  const browser: Browser = {
    cookies,
    get: (url) => visit(url, { method: "GET" }),
    send: (url, call) => visit(url, call),
    post: (url, fields, from) =>
      visit(
        url,
        {
          method: "POST",
          headers: { "content-type": "application/x-www-form-urlencoded" },
          body: new URLSearchParams(fields).toString(),
        },
        from === "fromOtherSite",
      ),
    async follow(first, origin) {
      let page = first;
      while (page.location.startsWith(`${origin}/`)) {
        page = await browser.get(page.location);
      }
      return page;
    },
  };
  return browser;
}

/** Follows redirects until one leads outside `origin`; resolves to the page that gave it. Throws where none does. */
export async function followWithin(browser: Browser, first: Page, origin: string): Promise<Page> {
  const page = await browser.follow(first, origin);
  if (page.location === "") {
    expectStatus(page, 303, page.url.replace(/\?.*/, ""));
    throw new Error(`${page.url} redirects nowhere`);
  }
  return page;
}

/** Posts the one form of a page as its script would. */
export function submitForm(browser: Browser, page: Page): Promise<Page> {
  const { action, fields } = formOf(page);
  return browser.post(action, fields);
}
