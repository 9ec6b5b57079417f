import { describe, expect, it } from "vitest";
import { checkResults } from "./checks.ts";
import { messageLines } from "./message-lines.ts";

const verdicts = (type: "saml" | "oidc", validated: boolean, code: string | null) =>
  Object.fromEntries(checkResults(type, { validated, code }).map(({ id, verdict }) => [id, verdict]));

describe("checks of a response", () => {
  it("have all passed where the gateway noted so, whatever failed later", () => {
    expect(new Set(Object.values(verdicts("saml", true, "audience_mismatch")))).toEqual(new Set(["passed"]));
  });

  it("end at the one that failed", () => {
    expect(verdicts("saml", false, "audience_mismatch")).toMatchObject({
      signature: "passed",
      recipient: "passed",
      audience: "failed",
      authentication: "unseen",
    });
    expect(verdicts("oidc", false, "oidc_audience_mismatch")).toMatchObject({
      issuer: "passed",
      oidcAudience: "failed",
      oidcSignature: "unseen",
    });
  });

  it.each(["response_unsolicited", null])("were not made where it ended by %s", (code) => {
    expect(new Set(Object.values(verdicts("saml", false, code)))).toEqual(new Set(["unseen"]));
  });
});

describe("a message", () => {
  const failed = checkResults("saml", { validated: false, code: "audience_mismatch" });
  const xml =
    '<p:Response ID="r"><a:Issuer>idp</a:Issuer><a:Assertion><a:Issuer>idp</a:Issuer>' +
    "<a:Conditions><a:AudienceRestriction><a:Audience>else</a:Audience></a:AudienceRestriction></a:Conditions>" +
    "</a:Assertion></p:Response>";

  it("has an element in each line, and the checked ones marked", () => {
    expect(messageLines(xml, failed)).toEqual([
      { text: '<p:Response ID="r">', verdict: "passed" },
      { text: "  <a:Issuer>idp</a:Issuer>", verdict: "passed" },
      { text: "  <a:Assertion>", verdict: "passed" },
      { text: "    <a:Issuer>idp</a:Issuer>", verdict: "passed" },
      { text: "    <a:Conditions>", verdict: "passed" },
      { text: "      <a:AudienceRestriction>" },
      { text: "        <a:Audience>else</a:Audience>", verdict: "failed" },
      { text: "      </a:AudienceRestriction>" },
      { text: "    </a:Conditions>" },
      { text: "  </a:Assertion>" },
      { text: "</p:Response>" },
    ]);
  });

  it.each([
    ["cut off in a tag", '<a><b>text</b><c d="e', ["<a>", "  <b>text</b>", '  <c d="e']],
    ["cut off in a text", "<a><b>text\n[cut]", ["<a>", "  <b>", "    text\n[cut]"]],
    [
      "with comments and a declaration",
      "<?xml?><a><!-- c --><b/></a>",
      ["<?xml?>", "<a>", "  <!-- c -->", "  <b/>", "</a>"],
    ],
    ["with text beside elements", "<a>x<b/>y</a>", ["<a>", "  x", "  <b/>", "  y", "</a>"]],
    ["that is no message", "<<<>>>", ["<<<>", "  >>"]],
    ["with more ends than beginnings", "</a></b>", ["</a>", "</b>"]],
  ])("%s is shown all the same", (_case, message, lines) => {
    expect(messageLines(message, failed).map(({ text }) => text)).toEqual(lines);
  });

  it("of claims is marked by claim", () => {
    const results = checkResults("oidc", { validated: false, code: "oidc_audience_mismatch" });
    expect(messageLines('{\n  "iss": "idp",\n  "aud": "else",\n  "sub": "ann"\n}', results)).toEqual([
      { text: "{" },
      { text: '  "iss": "idp",', verdict: "passed" },
      { text: '  "aud": "else",', verdict: "failed" },
      { text: '  "sub": "ann"' },
      { text: "}" },
    ]);
  });
});
