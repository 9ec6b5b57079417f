/**
 * Parser differentials: the signature is verified on one parser's tree and the claims are read from another's.
 * CVE-2025-25291 and CVE-2025-25292 (ruby-saml: REXML against Nokogiri: DOCTYPE and namespace handling),
 * CVE-2025-66567 (what their fix had left); CVE-2020-29509, -29510, -29511 (Go encoding/xml). There is one parser here;
 * still nothing that two are known to read differently gets in.
 */

import { createScenario, fromFormValue, toFormValue } from "@sallyport/saml/testing";
import { describe, expect, it } from "vitest";

const scenario = createScenario();
const xml = fromFormValue(scenario.respond());
const change = (from: string | RegExp, to: string) => scenario.validate(toFormValue(xml.replace(from, to)));

it("accepts the message it is made from", () => {
  expect(scenario.validate(toFormValue(xml))).toMatchObject({ ok: true });
});

describe("CVE-2025-25291: DOCTYPE", () => {
  it.each([
    ["an internal subset", "<!DOCTYPE r [<!ENTITY x 'y'>]>"],
    ["an attribute default that makes an ID", "<!DOCTYPE r [<!ATTLIST saml:Assertion ID ID #IMPLIED>]>"],
    ["a notation with quotes that end elsewhere", `<!DOCTYPE r [<!NOTATION x PUBLIC '"' "'>]><!--">]>`],
  ])("refuses %s", (_, doctype) => {
    expect(change(/^/, doctype)).toMatchObject({ ok: false, code: "xml_doctype" });
  });

  it("refuses one in an encoding that hides it from a byte scan", () => {
    for (const encoding of ["UTF-7", "UTF-16", "EBCDIC-CP-US", "ISO-8859-1"]) {
      expect(change(/^/, `<?xml version="1.0" encoding="${encoding}"?>`)).toMatchObject({
        code: "xml_encoding",
      });
    }
    const utf16 = Buffer.from(`\uFEFF<!DOCTYPE r>${xml}`, "utf16le").toString("base64");
    expect(scenario.validate(utf16)).toMatchObject({ ok: false });
  });
});

describe("CVE-2025-25292: namespaces", () => {
  it("refuses a Signature that only some find", () => {
    expect(change("<saml:Subject>", '<Signature xmlns="urn:x"/><saml:Subject>')).toMatchObject({
      ok: false,
      code: "digest_mismatch",
    });
    expect(change("<samlp:Status>", '<Signature xmlns="urn:x"/><samlp:Status>')).toMatchObject({
      ok: false,
      code: "element_unexpected",
    });
  });

  it("refuses an assertion of another namespace beside the signed one", () => {
    const fake = '<Assertion xmlns="urn:x" ID="_fake"><NameID>admin@example.test</NameID></Assertion>';
    expect(change("</samlp:Status>", `</samlp:Status>${fake}`)).toMatchObject({
      ok: false,
      code: "assertion_multiple",
    });
  });

  it("refuses undeclared and twice declared prefixes", () => {
    expect(change("<samlp:Status>", "<samlp:Status><nope:x/>")).toMatchObject({
      ok: false,
      code: "xml_malformed",
    });
    expect(change("<samlp:Status>", '<samlp:Status a="1" a="2">')).toMatchObject({
      ok: false,
      code: "xml_malformed",
    });
  });

  it("refuses prefixes bound to another vocabulary", () => {
    const swapped = 'xmlns:saml="urn:oasis:names:tc:SAML:1.0:assertion"';
    expect(change(/xmlns:saml="[^"]+" ID/, `${swapped} ID`)).toMatchObject({
      ok: false,
      code: "assertion_misplaced",
    });
  });
});

describe("encodings", () => {
  it("refuses bytes that are not UTF-8", () => {
    const bytes = Buffer.concat([Buffer.from(xml.slice(0, -1)), Buffer.from([0xc0, 0x80, 0x3e])]);
    expect(scenario.validate(bytes.toString("base64"))).toMatchObject({ ok: false, code: "xml_encoding" });
  });

  it("refuses base64 that decoders read differently", () => {
    const good = toFormValue(xml);
    for (const bad of [
      good.replace(/=*$/, "-_"),
      `${good}====`,
      `${good.slice(0, 40)}*${good.slice(40)}`,
      "PHg+PC94Pn==",
    ]) {
      expect(scenario.validate(bad)).toMatchObject({ ok: false, code: "response_base64" });
    }
  });
});
