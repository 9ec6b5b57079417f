import { describe, expect, it } from "vitest";
import { basicCredentials, clientCredentials } from "./basic.ts";
import { bearerToken } from "./bearer.ts";

const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;

describe("a bearer token (RFC 6750, section 2.1)", () => {
  it.each([
    ["Bearer abc", "abc"],
    ["bearer abc", "abc"],
    ["BEARER   abc", "abc"],
    ["Bearer abc ", "abc"],
    ["Bearer aZ0-._~+/==", "aZ0-._~+/=="],
    [`Bearer ${"x".repeat(10_000)}`, "x".repeat(10_000)],
  ])("is read from %.40s", (header, token) => {
    expect(bearerToken(header)).toBe(token);
  });

  it.each([
    undefined,
    "",
    "Bearer",
    "Bearer ",
    "Bearerabc",
    " Bearer abc",
    "Bearer a b",
    "Bearer =abc",
    "Bearer a=b",
    "Bearer a,b",
    "Bearer\tabc",
    "Bearer \u00e9",
    "Bearer abc\n",
    "Basic abc",
    "Bearer abc, Basic eDp5",
  ])("is not read from %j", (header) => {
    expect(bearerToken(header)).toBeUndefined();
  });
});

describe("HTTP Basic (RFC 7617)", () => {
  it("ends the user at the first colon, and reads UTF-8", () => {
    expect(basicCredentials(basic("Zoë:a:b%20c+"))).toEqual({ user: "Zoë", password: "a:b%20c+" });
    expect(basicCredentials(basic("x:y").replace("Basic", "bASIC "))).toEqual({ user: "x", password: "y" });
  });

  it.each([
    undefined,
    "",
    "Basic",
    "Basic !!!",
    "Basic e:y",
    `${basic("x:y")}===`,
    basic(""),
    basic("nobody"),
    basic(":"),
    basic(":y"),
    basic("x:"),
    "Bearer eDp5",
  ])("is not read from %j", (header) => {
    expect(basicCredentials(header)).toBeUndefined();
  });
});

describe("a client's credentials (RFC 6749, section 2.3.1)", () => {
  it("are form-decoded, each by itself", () => {
    const credentials = { clientId: "a:b c", clientSecret: "p+q%: é" };
    const encoded = [credentials.clientId, credentials.clientSecret]
      .map((text) => encodeURIComponent(text).replaceAll("%20", "+"))
      .join(":");
    expect(clientCredentials(basic(encoded))).toEqual(credentials);
  });

  it.each([basic("%:x"), basic("x:%zz"), basic("x:%C3"), basic("x:"), "Bearer x", undefined])(
    "are not read from %j",
    (header) => {
      expect(clientCredentials(header)).toBeUndefined();
    },
  );
});
