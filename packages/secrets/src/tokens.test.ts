import { describe, expect, it } from "vitest";
import { digestToken, matchesDigest, newToken, tokenHint } from "./tokens.ts";

describe("tokens", () => {
  it("carry their prefix and 256 random bits", () => {
    const token = newToken("scim");
    expect(token).toMatch(/^scim_[\w-]{43}$/);
    expect(newToken("scim")).not.toBe(token);
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
