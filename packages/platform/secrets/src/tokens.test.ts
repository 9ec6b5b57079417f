import { describe, expect, it } from "vitest";
import { digestToken, isTokenOf, matchesDigest, newToken, tokenHint } from "./tokens.ts";

describe("tokens", () => {
  it("carry their prefix and 256 random bits", () => {
    const token = newToken("scim");
    expect(token).toMatch(/^scim_[\w-]{43}$/);
    expect(newToken("scim")).not.toBe(token);
  });

  it("are told by their form", () => {
    const token = newToken("scim");
    expect(isTokenOf("scim", token)).toBe(true);
    for (const other of [
      "",
      "scim_",
      `${token}x`,
      token.slice(0, -1),
      ` ${token}`,
      `${token}\n`,
      token.slice(5),
    ]) {
      expect(isTokenOf("scim", other), other).toBe(false);
    }
    expect(isTokenOf("browser", token)).toBe(false);
  });

  it("match their own digest only", () => {
    const token = newToken("key");
    expect(matchesDigest(token, digestToken(token))).toBe(true);
    expect(matchesDigest(`${token}x`, digestToken(token))).toBe(false);
    expect(matchesDigest(token, new Uint8Array(3))).toBe(false);
  });

  it("hint at their end", () => {
    expect(tokenHint("key_abcdefgh")).toBe("efgh");
  });
});
