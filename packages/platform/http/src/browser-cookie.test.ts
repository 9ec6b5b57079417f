import type { IncomingMessage } from "node:http";
import { newToken } from "@sallyport/secrets";
import { describe, expect, it } from "vitest";
import { cookieValue, createBrowserCookie } from "./browser-cookie.ts";

const NAME = "__Host-sallyport-browser";

describe("a Cookie header", () => {
  it.each<[string, string]>([
    ["alone", `${NAME}=x`],
    ["first", `${NAME}=x; other=y`],
    ["behind others", `other=y; ${NAME}=x`],
    ["without a space", `other=y;${NAME}=x`],
    ["behind what browsers take for spaces", `other=y; \t ${NAME}=x`],
    ["the first of two", `${NAME}=x; ${NAME}=y`],
  ])("tells a cookie that stands %s", (_where, header) => {
    expect(cookieValue(header, NAME)).toBe("x");
  });

  it.each<[string, string]>([
    ["nothing", ""],
    ["a name alone", NAME],
    ["a longer name", `${NAME}2=x; not${NAME}=x`],
    ["another spelling", `${NAME.toLowerCase()}=x`],
    ["the name as a value", `=${NAME}=x; other=${NAME}=x`],
    ["the name behind a no-break space", `\u00a0${NAME}=x`],
    ["the name behind a vertical tab", `\v${NAME}=x`],
    ["the name behind a byte order mark", `\ufeff${NAME}=x`],
    ["the name before a space", `${NAME} =x`],
  ])("tells none where there is %s", (_what, header) => {
    expect(cookieValue(header, NAME)).toBeNull();
  });
});

describe("the browser's cookie", () => {
  const asked = (cookie: string) => ({ headers: { cookie } }) as IncomingMessage;

  it("is known by its own name alone: with the prefix over https, without over http", () => {
    const token = newToken("browser");
    const bare = asked(`sallyport-browser=${token}`);
    const prefixed = asked(`${NAME}=${token}`);
    const [https, http] = ["https://sso.example.test", "http://localhost:8080"].map(createBrowserCookie);
    expect([https?.read(prefixed), https?.read(bare)]).toEqual([token, null]);
    expect([http?.read(bare), http?.read(prefixed)]).toEqual([token, null]);
  });

  it("is one of ours, or none", () => {
    const { read } = createBrowserCookie("http://localhost:8080");
    for (const value of ["", "browser_", "browser_x", newToken("waiting"), `${newToken("browser")}0`]) {
      expect(read(asked(`sallyport-browser=${value}`))).toBeNull();
    }
  });
});
