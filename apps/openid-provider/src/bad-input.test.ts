import { request } from "node:http";
import * as client from "openid-client";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { AppVisit, interactionIdOf } from "./testing/app-visit.ts";
import { REDIRECT_URI, startTestOp, type TestOp } from "./testing/op.ts";

let test: TestOp;
beforeAll(async () => {
  test = await startTestOp();
});
afterAll(() => test.close());
afterEach(() => {
  expect(test.logLines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
});

const POSTS = ["/oauth2/token", "/oauth2/par", "/oauth2/introspect", "/oauth2/revoke"];
const FORM = "application/x-www-form-urlencoded";
const basic = () =>
  `Basic ${Buffer.from(`${test.app.clientId}:${encodeURIComponent(test.app.secret ?? "")}`).toString("base64")}`;

async function post(path: string, body: string, headers: Record<string, string> = {}) {
  const response = await fetch(test.url + path, {
    method: "POST",
    body,
    headers: { "content-type": FORM, authorization: basic(), ...headers },
  });
  const text = await response.text();
  return { response, body: JSON.parse(text || "{}") as { error?: string; error_description?: string } };
}

async function token(parameters: Record<string, string>) {
  const { response, body } = await post("/oauth2/token", new URLSearchParams(parameters).toString());
  return [response.status, body.error];
}

describe("the back channel", () => {
  const BODIES: [name: string, body: string, headers: Record<string, string>][] = [
    ["JSON", '{"token":"x"}', { "content-type": "application/json" }],
    ["malformed JSON", "{", { "content-type": "application/json" }],
    ["no body", "", {}],
    ["an oversized form", `token=${"x".repeat(70_000)}`, {}],
    ["a form of many parameters", Array.from({ length: 2_000 }, (_, n) => `p${n}=1`).join("&"), {}],
    ["broken escapes", "token=%E0%A4%A&grant_type=%%%", {}],
    ["zero bytes", "token=%00&grant_type=%00&client_id=%00&scope=%00", {}],
    ["a parameter given twice", "token=a&token=b&grant_type=refresh_token&grant_type=x", {}],
    ["prototype names", "__proto__=x&constructor=y&toString=z", {}],
    ["nested parameters", "token[a]=b&token[]=c&grant_type[x]=y", {}],
    ["an unknown charset", "token=x", { "content-type": `${FORM}; charset=klingon` }],
    ["a wrong Content-Encoding", "token=x", { "content-encoding": "gzip" }],
    ["malformed Basic credentials", "token=x", { authorization: "Basic !!!" }],
    ["Basic without a colon", "token=x", { authorization: `Basic ${btoa("nobody")}` }],
    ["broken escapes in Basic", "token=x", { authorization: `Basic ${btoa("%E0%A4%A:%%")}` }],
    ["a zero byte in Basic", "token=x", { authorization: `Basic ${btoa("%00:%00")}` }],
    ["another scheme", "token=x", { authorization: "Bearer x" }],
  ];
  const cases = POSTS.flatMap((path) =>
    BODIES.map(([name, body, headers]) => [name, path, body, headers] as const),
  );

  it.each(cases)("answers %s at %s with an OAuth error", async (_name, path, body, headers) => {
    const answer = await post(path, body, headers);
    // A token that cannot be of ours is no error to introspection and revocation: RFC 7662, 2.2; RFC 7009, 2.2.
    if (answer.response.status === 200) {
      expect(["/oauth2/introspect", "/oauth2/revoke"]).toContain(path);
      expect(answer.body).toEqual(path === "/oauth2/revoke" ? {} : { active: false });
      return;
    }
    expect([400, 401, 413, 415]).toContain(answer.response.status);
    expect(answer.body.error).toMatch(/^[a-z_]+$/);
    expect(JSON.stringify(answer.body)).not.toMatch(/node_modules|at .*\.ts:|oops/);
  });

  it.each(POSTS)("lets nobody in at %s without a valid secret", async (path) => {
    const { clientId, secret } = test.app;
    for (const credentials of [
      { client_id: clientId },
      { client_id: clientId, client_secret: "wrong" },
      { client_id: clientId, client_secret: "" },
      { client_id: "nobody", client_secret: secret ?? "" },
      { client_id: test.publicApp.clientId, client_secret: "any" },
    ]) {
      const response = await fetch(test.url + path, {
        method: "POST",
        body: new URLSearchParams({ ...credentials, token: "x", grant_type: "refresh_token" }),
      });
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ error: "invalid_client" });
    }
  });
});

describe("a method that an endpoint does not take", () => {
  it.each([
    ["GET", "/oauth2/token", "POST, OPTIONS"],
    ["DELETE", "/oauth2/authorize", "GET, POST"],
    ["POST", "/.well-known/jwks.json", "GET, OPTIONS"],
    ["PUT", "/oauth2/introspect", "POST"],
    ["PATCH", "/oauth2/userinfo", "GET, POST, OPTIONS"],
  ])("%s %s is answered with those that it does", async (method, path, allowed) => {
    const response = await fetch(test.url + path, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe(allowed);
    expect(await response.json()).toMatchObject({ error: "method_not_allowed" });
  });
});

describe("the token endpoint", () => {
  async function code(more: Record<string, string> = {}): Promise<string> {
    const visit = new AppVisit(test);
    const callback = await visit.finish(await visit.start(more), await test.signIn());
    return callback.searchParams.get("code") ?? "";
  }
  const grant = { grant_type: "authorization_code", redirect_uri: REDIRECT_URI };
  const verifier = "x".repeat(43);

  it("refuses what does not fit the code", async () => {
    const invalid = [400, "invalid_grant"];
    expect(await token({ ...grant, code: "unknown", code_verifier: verifier })).toEqual(invalid);
    expect(await token({ ...grant, code: await code(), code_verifier: verifier })).toEqual(invalid);
    expect(await token({ ...grant, code: await code() })).toEqual(invalid);
    const elsewhere = { ...grant, redirect_uri: "https://app.example.com/other" };
    expect(await token({ ...elsewhere, code: await code(), code_verifier: verifier })).toEqual(invalid);
  });

  it("refuses an expired code", async () => {
    const visit = new AppVisit(test);
    const callback = await visit.finish(await visit.start(), await test.signIn());
    test.passTime(61_000);
    await expect(visit.tokens(callback)).rejects.toMatchObject({ error: "invalid_grant" });
    test.passTime(-61_000);
  });

  it("refuses another application's code, even with the verifier", async () => {
    const visit = new AppVisit(test, test.publicApp);
    const callback = await visit.finish(await visit.start(), await test.signIn());
    const stolen = callback.searchParams.get("code") ?? "";
    expect(await token({ ...grant, code: stolen, code_verifier: verifier })).toEqual([400, "invalid_grant"]);
  });

  it("knows no other grants", async () => {
    for (const grant_type of ["password", "implicit", "x"]) {
      expect(await token({ grant_type })).toEqual([400, "unsupported_grant_type"]);
    }
    expect(await token({})).toEqual([400, "invalid_request"]);
    expect(await token({ grant_type: "refresh_token", refresh_token: "unknown" })).toEqual([
      400,
      "invalid_grant",
    ]);
  });

  it("knows one resource", async () => {
    const visit = new AppVisit(test);
    const callback = await visit.start({ resource: "https://api.example.com" });
    expect(callback.searchParams.get("error")).toBe("invalid_target");
  });
});

describe("userinfo", () => {
  it.each<[string, RequestInit, number, string | null]>([
    ["no token", {}, 401, null],
    ["garbage", { headers: { authorization: "Bearer garbage" } }, 401, "invalid_token"],
    ["another scheme", { headers: { authorization: basicOf("a", "b") } }, 401, null],
    ["a malformed form", { method: "POST", body: "{", headers: { "content-type": FORM } }, 401, null],
  ])("answers %s as RFC 6750 says", async (_name, init, status, error) => {
    const response = await fetch(`${test.url}/oauth2/userinfo`, init);
    expect(response.status).toBe(status);
    const challenge = response.headers.get("www-authenticate") ?? "";
    expect(challenge).toContain("Bearer");
    expect(challenge.includes("error=")).toBe(error !== null);
  });

  it("takes no ID token, and no access token that was not given for openid", async () => {
    const { id_token = "" } = await new AppVisit(test).signIn(await test.signIn());
    const response = await fetch(`${test.url}/oauth2/userinfo`, {
      headers: { authorization: `Bearer ${id_token}` },
    });
    expect(response.status).toBe(401);
  });

  it("lets pages of the application's own origins read the answer, and no others", async () => {
    const { access_token } = await new AppVisit(test).signIn(await test.signIn());
    const ask = (origin: string) =>
      fetch(`${test.url}/oauth2/userinfo`, { headers: { authorization: `Bearer ${access_token}`, origin } });
    const own = await ask(new URL(REDIRECT_URI).origin);
    expect(own.headers.get("access-control-allow-origin")).toBe("https://app.example.com");
    expect((await ask("https://evil.example")).headers.get("access-control-allow-origin")).toBeNull();
  });
});

describe("pages of other origins", () => {
  const preflight = { "access-control-request-method": "POST", "access-control-request-headers": "x" };

  it("may call the token endpoint for a public client that returns there, and for no other", async () => {
    const ask = async (origin: string, clientId: string) => {
      const response = await fetch(`${test.url}/oauth2/token`, {
        method: "POST",
        headers: { origin },
        body: new URLSearchParams({
          grant_type: "refresh_token",
          refresh_token: "x",
          client_id: clientId,
        }),
      });
      return response.headers.get("access-control-allow-origin");
    };
    expect(await ask("https://app.example.com", test.publicApp.clientId)).toBe("https://app.example.com");
    expect(await ask("https://evil.example", test.publicApp.clientId)).toBeNull();
    expect(await ask("https://app.example.com", test.app.clientId)).toBeNull();
  });

  it("may ask whether they may", async () => {
    for (const path of ["/oauth2/token", "/oauth2/userinfo", "/oauth2/revoke", "/.well-known/jwks.json"]) {
      const response = await fetch(test.url + path, {
        method: "OPTIONS",
        headers: { ...preflight, origin: "https://app.example.com" },
      });
      expect([path, response.status]).toEqual([path, 204]);
      expect(response.headers.get("access-control-allow-credentials")).toBeNull();
    }
  });
});

describe("the issuer", () => {
  it("is the public URL, whatever Host and X-Forwarded-* say", async () => {
    const headers = {
      host: "evil.example",
      "x-forwarded-host": "evil.example",
      "x-forwarded-proto": "https",
      forwarded: "host=evil.example",
    };
    for (const path of [
      "/.well-known/openid-configuration",
      (await new AppVisit(test).authorizationUrl()).href.slice(test.url.length),
    ]) {
      const answer = await rawGet(test.url + path, headers);
      expect(answer).not.toContain("evil.example");
      expect(answer).toContain(test.url);
    }
  });
});

describe("behind a TLS terminator", () => {
  it("sets cookies that travel over https only, and names https everywhere", async () => {
    const https = await startTestOp({ publicUrl: "https://sso.example.com" });
    const url = client.buildAuthorizationUrl(https.app.configuration, await new AppVisit(https).parameters());
    const get = (path: string, headers = {}) => fetch(https.url + path, { redirect: "manual", headers });
    const atStart = await get(url.pathname + url.search);
    const page = atStart.headers.get("location") ?? "";
    expect(page).toMatch(/^https:\/\/sso\.example\.com\/sign-in\//);
    const [cookie = ""] = atStart.headers.getSetCookie();
    const browser = /=([^;]+)/.exec(cookie)?.[1] ?? "";
    const key = { id: interactionIdOf(new URL(page)), browser };
    const resume = new URL(await https.op.interactions.finish(key, { sessionId: await https.signIn() }));
    const atEnd = await get(resume.pathname, { cookie });
    const ofSession = atEnd.headers.getSetCookie();
    expect(ofSession.length).toBeGreaterThan(0);
    for (const line of ofSession) {
      expect(line).toMatch(/; samesite=lax/i);
    }
    for (const cookie of [...atStart.headers.getSetCookie(), ...ofSession]) {
      expect(cookie).toMatch(/^__Host-sallyport[-_]/); // no neighbouring subdomain can plant it
      expect(cookie).toMatch(/; secure/i);
      expect(cookie).toMatch(/; httponly/i);
    }
    await https.close();
  });

  it("takes no cookie whose signature is wrong", async () => {
    const visit = new AppVisit(test);
    await visit.signIn(await test.signIn());
    const session = visit.cookie("sallyport_session");
    const signature = visit.cookie("sallyport_session.sig");
    const arrive = async (cookie: string) => {
      const headers = { cookie, accept: "text/html" };
      const url = await new AppVisit(test).authorizationUrl({ prompt: "none" });
      const { headers: answer } = await fetch(url, { headers, redirect: "manual" });
      return new URL(answer.get("location") ?? "nowhere:").searchParams;
    };
    const forged = await arrive(`sallyport_session=${session}; sallyport_session.sig=forged`);
    expect(forged.get("error")).toBe("login_required");
    const genuine = await arrive(`sallyport_session=${session}; sallyport_session.sig=${signature}`);
    expect(genuine.get("code")).not.toBeNull();
  });
});

function basicOf(id: string, secret: string): string {
  return `Basic ${btoa(`${id}:${secret}`)}`;
}

/** `fetch` does not let Host be set. */
function rawGet(url: string, headers: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    request(url, { headers }, (response) => {
      let text = JSON.stringify(response.headers);
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () => resolve(text));
    })
      .on("error", reject)
      .end();
  });
}
