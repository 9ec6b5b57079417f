import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { AppVisit } from "./testing/app-visit.ts";
import { REDIRECT_URI, startTestOp, type TestOp } from "./testing/op.ts";

let test: TestOp;
beforeAll(async () => {
  test = await startTestOp();
});
afterAll(() => test.close());
afterEach(() => {
  expect(test.logLines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
});

describe("the authorization endpoint", () => {
  const authorize = async (more: Record<string, string>, browser = new AppVisit(test)) => {
    const url = await browser.authorizationUrl(more);
    for (const [name, value] of Object.entries(more)) {
      if (value === "-") {
        url.searchParams.delete(name);
      }
    }
    return browser.browser.get(url);
  };

  it.each<[string, Record<string, string>, string]>([
    ["no client_id", { client_id: "-" }, "client_id"],
    ["an unknown client_id", { client_id: "nobody" }, "not registered"],
    ["a zero byte for a client_id", { client_id: "\u0000" }, "not registered"],
    ["a foreign redirect_uri", { redirect_uri: "https://evil.example/callback" }, "not registered"],
    ["one that starts like ours", { redirect_uri: `${REDIRECT_URI}/../evil` }, "not registered"],
    ["one that is no URL", { redirect_uri: "javascript:alert(1)" }, "not registered"],
  ])("answers %s with a page, and never redirects", async (_name, more, words) => {
    const response = await authorize(more);
    expect(response.status).toBe(400);
    expect(response.headers.get("location")).toBeNull();
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
    const page = response.body;
    expect(page).toContain(words);
    expect(page).toContain(response.headers.get("x-request-id"));
    expect(page).not.toMatch(/node_modules|oops/);
  });

  it.each<[string, Record<string, string>, string]>([
    ["an unknown response_type", { response_type: "dance" }, "unsupported_response_type"],
    ["no response_type", { response_type: "-" }, "invalid_request"],
    ["plain PKCE", { code_challenge_method: "plain" }, "invalid_request"],
    ["a malformed challenge", { code_challenge: "short" }, "invalid_request"],
    ["an unknown prompt", { prompt: "dance" }, "invalid_request"],
    ["a malformed max_age", { max_age: "soon" }, "invalid_request"],
    ["a malformed scope", { scope: 'openid "quoted"' }, "invalid_scope"],
    ["a request object", { request: "e30.e30." }, "request_not_supported"],
    ["a foreign request_uri", { request_uri: "https://evil.example/r" }, "request_uri_not_supported"],
    ["a registration", { registration: "{}" }, "registration_not_supported"],
    ["an invalid id_token_hint", { id_token_hint: "garbage" }, "invalid_request"],
    ["a zero byte", { login_hint: "a\u0000b" }, "invalid_request"],
    ["a line break", { organization: "a\r\nb" }, "invalid_request"],
    ["a long organization", { organization: "x".repeat(400) }, "invalid_request"],
  ])("tells the application of %s", async (_name, more, error) => {
    const response = await authorize(more);
    const location = new URL(response.headers.get("location") ?? "none:");
    expect(location.origin + location.pathname).toBe(REDIRECT_URI);
    expect(location.searchParams.get("error")).toBe(error);
    expect(location.searchParams.get("iss")).toBe(test.url);
  });

  it("wants PKCE of public clients", async () => {
    const visit = new AppVisit(test, test.publicApp);
    const response = await authorize({ code_challenge: "-", code_challenge_method: "-" }, visit);
    const location = new URL(response.headers.get("location") ?? "none:");
    expect(location.searchParams.get("error")).toBe("invalid_request");
    expect(location.searchParams.get("error_description")).toContain("PKCE");
  });

  it("refuses a parameter given twice", async () => {
    const visit = new AppVisit(test);
    for (const name of ["client_id", "redirect_uri", "state", "scope", "organization"]) {
      const url = await visit.authorizationUrl({ organization: "acme" });
      url.searchParams.append(name, "twice");
      const response = await visit.browser.get(url);
      const location = response.headers.get("location");
      if (location === null) {
        expect(response.status).toBe(400);
      } else {
        expect(new URL(location).searchParams.get("error")).toBe("invalid_request");
      }
    }
  });

  it("takes the same by POST from the application's own site, whose form brings no cookie of ours", async () => {
    const visit = new AppVisit(test);
    const first = await visit.signIn(await test.signIn());
    const again = new AppVisit(test, test.app, visit.browser);
    const fields = await again.parameters({
      client_id: test.app.clientId,
      response_type: "code",
      prompt: "none",
    });
    const posted = await visit.browser.post(`${test.url}/oauth2/authorize`, fields, "fromOtherSite");
    expect(posted.status).toBe(303);
    const { url } = await again.follow(posted.location);
    expect((await again.tokens(url)).claims()?.sid).toBe(first.claims()?.sid);
  });

  it.each<[string, RequestInit, string]>([
    ["no form", { body: "{}", headers: { "content-type": "application/json" } }, "must be a form"],
    ["no body", {}, "must be a form"],
    ["a form that fits no address", { body: new URLSearchParams({ state: "x".repeat(9_000) }) }, "pushed"],
    ["no client_id", { body: new URLSearchParams({ scope: "openid" }) }, "client_id"],
    ["a foreign redirect_uri", { body: new URLSearchParams({ redirect_uri: "https://evil.example/" }) }, ""],
  ])("answers a POST of %s with a page, and sends the browser nowhere else", async (_name, init, words) => {
    const headers = { accept: "text/html", ...init.headers };
    const response = await fetch(`${test.url}/oauth2/authorize`, { method: "POST", ...init, headers });
    expect(new URL(response.url).origin).toBe(test.url);
    expect(response.status).toBe(400);
    expect(response.headers.get("content-type")).toContain("text/html");
    expect(await response.text()).toContain(words);
  });

  it("refuses a parameter given twice by POST as by GET", async () => {
    const body = (await new AppVisit(test).authorizationUrl()).searchParams;
    body.append("scope", "openid");
    const response = await fetch(`${test.url}/oauth2/authorize`, {
      method: "POST",
      body,
      redirect: "manual",
    });
    const { url } = await new AppVisit(test).follow(
      new URL(response.headers.get("location") ?? "", test.url),
    );
    expect(url.searchParams.get("error")).toBe("invalid_request");
  });

  it("survives broken escapes and an empty query", async () => {
    expect((await fetch(`${test.url}/oauth2/authorize`)).status).toBe(400);
    expect((await fetch(`${test.url}/oauth2/authorize?client_id=%E0%A4%A&%%`)).status).toBe(400);
    expect((await fetch(`${test.url}/oauth2/authorize/%E0%A4%A`)).status).toBe(400);
  });

  it("takes plain http for the person's own machine only", async () => {
    const uris = ["http://localhost:3000/cb", "http://127.0.0.1/cb", "http://app.example.com/cb"];
    const app = await test.addApp({ redirectUris: uris });
    const visit = new AppVisit(test, app);
    const answers = await Promise.all(uris.map((redirect_uri) => authorize({ redirect_uri }, visit)));
    expect(answers.map((answer) => answer.status)).toEqual([303, 303, 400]);
  });
});
