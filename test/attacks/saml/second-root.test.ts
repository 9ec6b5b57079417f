/**
 * Second roots and text around the root: tolerant parsers take the first or the last of several roots, and two
 * libraries disagree about which. CVE-2022-39299 (node-saml: multiple root elements).
 */

import { createScenario, fromFormValue, toFormValue } from "@sallyport/saml/testing";
import { expect, it } from "vitest";

const scenario = createScenario();
const xml = fromFormValue(scenario.respond());
const forged = xml.replace("jo@example.test", "admin@example.test");

it("accepts the message it is made from, also with white space around it", () => {
  expect(scenario.validate(toFormValue(`\n${xml}\n`))).toMatchObject({ ok: true });
});

it.each([
  ["a forged response before", forged + xml],
  ["a forged response behind", xml + forged],
  ["an empty element behind", `${xml}<a/>`],
  ["text before", `x${xml}`],
  ["text behind", `${xml}x`],
  ["a byte order mark before", `\uFEFFx${xml}`],
  ["a second XML declaration", `<?xml version="1.0"?>${xml}<?xml version="1.0"?>`],
  ["a NUL byte behind", `${xml}\0`],
])("refuses %s", (_, message) => {
  const result = scenario.validate(toFormValue(message));
  expect(result).toMatchObject({ ok: false });
  expect(result.ok ? "" : result.code).toMatch(/^xml_(?:malformed|processing_instruction)$/);
});
