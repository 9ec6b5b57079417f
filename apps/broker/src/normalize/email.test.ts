import { describe, expect, it } from "vitest";
import { domainOf, emailOf } from "./email.ts";

describe("an email address", () => {
  it.each([
    [" Jo@Acme.COM ", "jo@acme.com"],
    ["jo+tag@mail.acme.com", "jo+tag@mail.acme.com"],
    ["o'neil!#$%&*/=?^{|}~@acme.com", "o'neil!#$%&*/=?^{|}~@acme.com"],
    ["JÖRG@Müller.example", "jörg@müller.example"],
    ["groß@acme.com", "groß@acme.com"],
  ])("%j is %j", (asserted, email) => {
    expect(emailOf(asserted)).toBe(email);
  });

  it.each([
    "",
    "jo",
    "@acme.com",
    "jo@",
    "jo@acme.com@evil.com",
    "jo smith@acme.com",
    "Jo <jo@acme.com>",
    '"jo"@acme.com',
    "jo\u0000@acme.com",
    "jo@acme.com\u0000.evil.com",
    `${"x".repeat(65)}@acme.com`,
    "jo\u200b@acme.com", // invisible
    "\u202emoc.emca@oj", // written from right to left
    "mi\u212ae@acme.com", // K, the Kelvin sign
    "\u0130vy@acme.com", // İ
  ])("%j is none", (asserted) => {
    expect(emailOf(asserted)).toBeNull();
  });

  // Each would count as verified for evil.com, and end like an address of the victim's.
  it.each(["/", "\\", "?", "#", ":1@", "%2f", ":"])("with %j behind the host is none", (delimiter) => {
    expect(emailOf(`ceo@evil.com${delimiter}.victim.com`)).toBeNull();
    expect(domainOf(`ceo@evil.com${delimiter}.victim.com`)).not.toBe("evil.com");
  });
});

describe("its domain", () => {
  it("is compared as it is looked up: lower case, punycode, width folded", () => {
    expect(domainOf("jo@ACME.com")).toBe("acme.com");
    expect(domainOf("jörg@MÜLLER.example")).toBe("xn--mller-kva.example");
    expect(domainOf("ceo@ｖictim.com")).toBe("victim.com");
    expect(domainOf("ceo@viсtim.com"), "the letter is Cyrillic").toBe("xn--vitim-2ye.com");
  });
});
