import { describe, expect, it } from "vitest";
import { canonicalAddress, domainOf, readableAddress } from "./address.ts";

describe("an email address", () => {
  it.each([
    [" Jo@Acme.COM ", "jo@acme.com"],
    ["jo+tag@mail.acme.com", "jo+tag@mail.acme.com"],
    ["o'neil!#$%&*/=?^{|}~@acme.com", "o'neil!#$%&*/=?^{|}~@acme.com"],
    ["JÖRG@Müller.example", "jörg@xn--mller-kva.example"],
    ["anna@xn--mnchen-3ya.de", "anna@xn--mnchen-3ya.de"],
    ["groß@acme.com", "groß@acme.com"],
  ])("%j is %j", (asserted, email) => {
    expect(canonicalAddress(asserted)).toBe(email);
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
    "mailto:jo@acme.com",
    "SMTP:jo@acme.com",
    "jo@acme.com.",
  ])("%j is none", (asserted) => {
    expect(canonicalAddress(asserted)).toBeNull();
  });

  // Each would count as verified for evil.com, and end like an address of the victim's.
  it.each(["/", "\\", "?", "#", ":1@", "%2f", ":"])("with %j behind the host is none", (delimiter) => {
    expect(canonicalAddress(`ceo@evil.com${delimiter}.victim.com`)).toBeNull();
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

describe("as people read it", () => {
  it("has its domain in their own script", () => {
    expect(readableAddress("anna@xn--mnchen-3ya.de")).toBe("anna@münchen.de");
    expect(readableAddress("anna@acme.com")).toBe("anna@acme.com");
  });
});
