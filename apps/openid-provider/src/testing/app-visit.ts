import type { InteractionKey } from "@sallyport/interactions";
import { type Browser, createBrowser, type Page } from "@sallyport/testing-browser";
import * as client from "openid-client";
import { REDIRECT_URI, type TestApp, type TestOp } from "./op.ts";

/** An application that sends a browser to sign in, step by step. */
export class AppVisit {
  readonly #verifier = client.randomPKCECodeVerifier();
  readonly #state = client.randomState();
  readonly #nonce = client.randomNonce();
  readonly #test: TestOp;
  readonly #app: TestApp;
  readonly browser: Browser;

  constructor(test: TestOp, app: TestApp = test.app, browser: Browser = createBrowser()) {
    this.#test = test;
    this.#app = app;
    this.browser = browser;
  }

  async authorizationUrl(more: Record<string, string> = {}): Promise<URL> {
    return client.buildAuthorizationUrl(this.#app.configuration, await this.parameters(more));
  }

  async parameters(more: Record<string, string> = {}): Promise<Record<string, string>> {
    return {
      redirect_uri: REDIRECT_URI,
      scope: "openid profile email offline_access",
      code_challenge: await client.calculatePKCECodeChallenge(this.#verifier),
      code_challenge_method: "S256",
      state: this.#state,
      nonce: this.#nonce,
      ...more,
    };
  }

  /** Sends the browser; returns where it ends up: the sign-in page, or the application's callback. */
  async start(more: Record<string, string> = {}): Promise<URL> {
    return (await this.follow(await this.authorizationUrl(more))).url;
  }

  /** Follows redirects as long as they stay at the OP: to an address beyond, to the sign-in page, or to what it answers. */
  async follow(from: string | URL): Promise<{ page: Page; url: URL }> {
    let url = new URL(from);
    for (let step = 0; step < 10; step++) {
      const page = await this.browser.get(url.href);
      if (page.location === "") {
        return { page, url };
      }
      url = new URL(page.location);
      if (url.origin !== this.#test.url || url.pathname.startsWith("/sign-in/")) {
        return { page, url };
      }
    }
    throw new Error(`Too many redirects, the last to ${url}`);
  }

  /** The value of a cookie of the OP's. */
  cookie(name: string): string | undefined {
    return this.browser.cookies.value(this.#test.url, name);
  }

  /** By what the sign-in half finds the request that waits at this page. */
  keyOf(signInPage: URL): InteractionKey {
    return { id: interactionIdOf(signInPage), browser: this.cookie("sallyport-browser") ?? "" };
  }

  /** Ends the sign-in that `start` led to; returns the application's callback. */
  async finish(signInPage: URL, sessionId: string): Promise<URL> {
    const resume = await this.#test.op.interactions.finish(this.keyOf(signInPage), { sessionId });
    return (await this.follow(resume)).url;
  }

  /** As `finish`, but goes on within the request that brings the IdP's answer, which an other site's page posts. */
  async answer(signInPage: URL, sessionId: string, browser = this.browser): Promise<Page> {
    const address = `${this.#test.url}/answer/${interactionIdOf(signInPage)}?session=${sessionId}`;
    return browser.send(address, { method: "POST" });
  }

  tokens(callback: URL): ReturnType<typeof client.authorizationCodeGrant> {
    return client.authorizationCodeGrant(this.#app.configuration, callback, {
      pkceCodeVerifier: this.#verifier,
      expectedState: this.#state,
      expectedNonce: this.#nonce,
      idTokenExpected: true,
    });
  }

  /** All of it: a person signs in anew, the application gets its tokens. */
  async signIn(
    sessionId: string,
    more: Record<string, string> = {},
  ): Promise<Awaited<ReturnType<typeof client.authorizationCodeGrant>>> {
    return this.tokens(await this.finish(await this.start(more), sessionId));
  }
}

export function interactionIdOf(signInPage: URL): string {
  const [, id] = /^\/sign-in\/([\w-]+)$/.exec(signInPage.pathname) ?? [];
  if (id === undefined) {
    throw new Error(`Not at the sign-in page, but at ${signInPage}`);
  }
  return id;
}
