import { expect, it } from "vitest";
import { CookieJar } from "./cookie-jar.ts";

const home = new URL("https://sso.example.test/a/page");
const take = (jar: CookieJar, line: string) => jar.take(line, home);

it("sends cookies by path, the longest first, and to their own origin alone", () => {
  const jar = new CookieJar();
  for (const line of ["x=1", "y=2; Path=/a", "z=3; path=/a/page/", "w=4; path=/ab"]) {
    take(jar, line);
  }
  expect(jar.header(home, false)).toBe("y=2; x=1");
  expect(jar.header(new URL("https://sso.example.test:8443/a/page"), false)).toBeUndefined();
});

it("keeps cookies at home when another site asks, but for those of SameSite=None", () => {
  const jar = new CookieJar();
  take(jar, "lax=1; SameSite=Lax");
  take(jar, "none=2; SameSite=None; Secure");
  expect(jar.header(home, true)).toBe("none=2");
});

it("replaces a cookie, and forgets it once it is deleted", () => {
  const jar = new CookieJar();
  take(jar, "x=1");
  take(jar, "x=2; expires=Sun, 01 Jan 2040 00:00:00 GMT; Max-Age=60");
  expect(jar.value(home.origin, "x")).toBe("2");
  take(jar, "x=; expires=Thu, 01 Jan 1970 00:00:00 GMT");
  take(jar, "y=1");
  take(jar, "y=1; Max-Age=0");
  expect(jar.held()).toEqual([]);
});

it("takes no __Host- cookie but a secure one for all paths, and none that a neighbour plants", () => {
  const jar = new CookieJar();
  take(jar, "__Host-x=1; path=/");
  take(jar, "__Host-x=1; path=/a; secure");
  expect(jar.plant("example.test", { name: " __Host-x", value: "evil", path: "/" })).toBe(false);
  expect(jar.header(home, false)).toBeUndefined();
  take(jar, "__Host-x=1; path=/; secure");
  expect(jar.plant("example.test", { name: "x", value: "evil", path: "/a" })).toBe(true);
  expect(jar.header(home, false)).toBe("x=evil; __Host-x=1");
});
