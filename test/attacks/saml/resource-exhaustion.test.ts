/**
 * Bombs: little input, much work. Billion laughs (CVE-2003-1564), quadratic blow-up, depth, attributes, namespaces,
 * inclusive prefix lists, inflation (CVE-2025-25293, ruby-saml; CVE-2026-2575, Keycloak). Each is refused by a limit, and each answer comes at once.
 */

import { deflateRawSync } from "node:zlib";
import { openRedirectMessage } from "@sallyport/saml";
import { createScenario, encryptAssertion, fromFormValue, toFormValue } from "@sallyport/saml/testing";
import { describe, expect, it } from "vitest";

const scenario = createScenario();
const xml = fromFormValue(scenario.respond());
const inStatus = (inserted: string) =>
  toFormValue(xml.replace("<samlp:Status>", `<samlp:Status>${inserted}`));
const nested = (levels: number) => "<a>".repeat(levels) + "</a>".repeat(levels);
const names = (count: number, write: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => write(i)).join(" ");

/** Far above what any of these takes, far below what an unlimited one would. */
const AT_ONCE_MS = 1_000;

function timed<T>(work: () => T): T {
  const start = performance.now();
  const result = work();
  expect(performance.now() - start).toBeLessThan(AT_ONCE_MS);
  return result;
}

it("accepts a large honest login: 600 groups", () => {
  const groups = Array.from({ length: 600 }, (_, i) => `department-${i}-of-a-large-company`);
  expect(timed(() => scenario.validate(scenario.respond({ attributes: { groups } })))).toMatchObject({
    ok: true,
  });
});

describe("entity expansion", () => {
  const laughs = names(9, (i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`);
  it.each([
    ["billion laughs", `<!DOCTYPE r [<!ENTITY l0 "lol">${laughs}]>`],
    ["quadratic blow-up", `<!DOCTYPE r [<!ENTITY l9 "${"a".repeat(50_000)}">]>`],
  ])("refuses %s", (_, doctype) => {
    const message = toFormValue(doctype + xml.replace("jo@", "&l9;&l9;jo@"));
    expect(timed(() => scenario.validate(message))).toMatchObject({ ok: false, code: "xml_doctype" });
  });
});

describe("depth", () => {
  it.each([70, 300, 4_000])("refuses %i levels", (levels) => {
    const result = timed(() => scenario.validate(inStatus(nested(levels))));
    expect(result).toMatchObject({ ok: false, code: "xml_too_deep" });
  });

  it("refuses depth hidden in cipher text", () => {
    const hidden = encryptAssertion(nested(200), { recipient: scenario.encryptionCertificate });
    const response = scenario.respond({
      sign: "response",
      editResponse: (message) => message.replace(/<saml:Assertion .*<\/saml:Assertion>/, hidden),
    });
    expect(timed(() => scenario.validate(response))).toMatchObject({ ok: false, code: "decryption_failed" });
  });
});

describe("nodes", () => {
  it.each([
    ["elements", "<a/>".repeat(6_000)],
    ["attributes", `<a ${names(6_000, (i) => `a${i}=""`)}/>`],
    ["namespaces", `<a ${names(6_000, (i) => `xmlns:n${i}="u:${i}"`)}/>`],
  ])("refuses 6,000 %s", (_, inserted) => {
    const result = timed(() => scenario.validate(inStatus(inserted)));
    expect(result).toMatchObject({ ok: false, code: "xml_too_many_nodes" });
  });

  it("answers at once to as many namespaces as the limit lets in", () => {
    const declarations = names(2_500, (i) => `xmlns:n${i}="u:${i}"`);
    const detail = `<samlp:StatusDetail>${"<samlp:a/>".repeat(2_000)}</samlp:StatusDetail>`;
    const heavy = xml
      .replace("<samlp:Response", `<samlp:Response ${declarations}`)
      .replace("</samlp:Status>", `${detail}</samlp:Status>`);
    expect(timed(() => scenario.validate(toFormValue(heavy)))).toMatchObject({ ok: true });
  });
});

it("refuses a long prefix list, which C14N would look up at every element", () => {
  const list = names(20_000, (i) => `p${i}`);
  const inclusive = `<ec:InclusiveNamespaces xmlns:ec="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="${list}"/>`;
  const message = toFormValue(xml.replace("</ds:CanonicalizationMethod>", `${inclusive}$&`));
  expect(timed(() => scenario.validate(message))).toMatchObject({ ok: false, code: "signature_transform" });
});

it("refuses more than 256 KB, before decoding and after", () => {
  const padded = toFormValue(xml.replace("<samlp:Status>", `${" ".repeat(262_144)}<samlp:Status>`));
  expect(timed(() => scenario.validate(padded))).toMatchObject({ ok: false, code: "xml_too_large" });
  expect(timed(() => scenario.validate("A".repeat(50_000_000)))).toMatchObject({
    ok: false,
    code: "xml_too_large",
  });
});

it("stops inflating at the limit", () => {
  const bomb = deflateRawSync(`<a>${" ".repeat(100_000_000)}</a>`).toString("base64");
  const result = timed(() => openRedirectMessage(`SAMLRequest=${encodeURIComponent(bomb)}`));
  expect(result).toMatchObject({ ok: false, code: "redirect_inflation" });
});
