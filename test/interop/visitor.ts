import { type Browser, formOf, type Page } from "@sallyport/testing-browser";

const MOST_STEPS = 30;

const withoutQuery = (url: string) => url.split("?", 1)[0];

/** A person with a browser, who follows every redirect and fills in every form that is put before them. */
export interface Visitor {
  readonly browser: Browser;
  /** Opens a page and goes on from there, until a page asks for nothing more. */
  visit(url: string): Promise<Page>;
  /** The same, until they see the page that they opened. */
  reach(url: string): Promise<Page>;
  /** Sends the form of a page, and goes on from there. */
  send(page: Page): Promise<Page>;
}

/**
 * @param answers what they type into fields of these names
 * @param end an origin where nothing listens: the page that sends them there is the last one
 */
export function createVisitor(
  browser: Browser,
  answers: Readonly<Record<string, string>>,
  end?: string,
): Visitor {
  async function goOn(first: Page, isGoal: (page: Page) => boolean): Promise<Page> {
    let page = first;
    for (let step = 0; step < MOST_STEPS; step += 1) {
      if (end !== undefined && page.location.startsWith(end)) {
        return page;
      }
      if (page.location !== "") {
        page = await browser.get(page.location);
      } else if (page.form === null || page.status >= 400 || isGoal(page)) {
        return page;
      } else {
        page = await submit(page);
      }
    }
    throw new Error(`No end of redirects, the last at ${page.url}`);
  }

  function submit(page: Page): Promise<Page> {
    const { action, fields } = formOf(page);
    const typed = Object.entries(answers).filter(([name]) => name in fields);
    const filled = { ...fields, ...Object.fromEntries(typed) };
    const from = new URL(action).origin === new URL(page.url).origin ? undefined : "fromOtherSite";
    return browser.post(action, filled, from);
  }

  return {
    browser,
    visit: async (url) => goOn(await browser.get(url), () => false),
    reach: async (url) =>
      goOn(await browser.get(url), (page) => withoutQuery(page.url) === withoutQuery(url)),
    send: async (page) => goOn(await submit(page), () => false),
  };
}
