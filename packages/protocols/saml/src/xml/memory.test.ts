import { diag, XmlDocument } from "libxml2-wasm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createScenario, fromFormValue, toFormValue } from "../testing/index.ts";

const scenario = createScenario();
const good = scenario.respond({ sign: "both" });
const tampered = toFormValue(fromFormValue(good).replace("jo@", "admin@"));
const malformed = toFormValue(`${fromFormValue(good)}<second/>`);
const encrypted = scenario.respond({ encryptFor: { recipient: scenario.encryptionCertificate } });

beforeAll(() => {
  // What is compiled once and kept for good is there before the count begins.
  for (const response of [good, tampered, malformed, encrypted]) {
    scenario.validate(response);
  }
  diag.configure({ enabled: true });
});
afterAll(() => diag.configure({ enabled: false }));

it("frees every document, whatever the outcome", () => {
  const outcomes = [good, tampered, malformed, encrypted].map((response) => {
    const result = scenario.validate(response);
    return result.ok ? "ok" : result.code;
  });
  expect(outcomes).toEqual(["ok", "digest_mismatch", "xml_malformed", "ok"]);
  expect(diag.report()).toEqual({});
});

it("holds its memory over 20,000 validations", () => {
  const outcomes = [scenario.respond(), scenario.respond({ sign: "response" }), tampered, malformed];
  const validate = (count: number) => {
    for (let i = 0; i < count; i += 1) {
      scenario.validate(outcomes[i % outcomes.length] ?? good);
    }
    return wasmBytes();
  };
  const warm = validate(1_000);
  expect(warm).toBeGreaterThan(0);
  expect(validate(19_000)).toBe(warm);
}, 60_000);

/** The size of the WebAssembly memory, which only ever grows: seen through a buffer that lies in it. */
function wasmBytes(): number {
  const document = XmlDocument.fromString("<a/>");
  let bytes = 0;
  document.canonicalize({
    write: (chunk) => {
      bytes = chunk.buffer.byteLength;
      return chunk.byteLength;
    },
    close: () => true,
  });
  document.dispose();
  return bytes;
}
