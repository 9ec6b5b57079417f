import { answering, refuse } from "../errors/refusal.ts";
import { withDefaults } from "../limits.ts";
import type { SamlFailure, SamlLimits, UnverifiedResponse } from "../types.ts";
import { decodeFormValue } from "../xml/base64.ts";
import type { XmlElement } from "../xml/canonical-reader.ts";
import { parseXml } from "../xml/document.ts";
import { attribute, childrenNamed, collapse, is, token } from "../xml/element.ts";
import { NS } from "../xml/names.ts";

/**
 * Reads what a response claims, verifying nothing: to find the login attempt that it answers, and for the
 * login record. Same limits and XML rules as `validateResponse`; tolerant of everything else.
 */
export function peekResponse(
  response: string,
  limits?: Partial<SamlLimits>,
): UnverifiedResponse | SamlFailure {
  return answering(() => {
    const all = withDefaults(limits);
    const bytes = decodeFormValue(response, all);
    const root = parseXml(bytes, { limits: all });
    if (!is(root, NS.protocol, "Response")) {
      refuse("not_a_response", `root is ${root.name}`);
    }
    const [status] = childrenNamed(root, NS.protocol, "Status");
    const code = status && first(status, NS.protocol, "StatusCode");
    const issuer =
      first(root, NS.assertion, "Issuer") ??
      first(first(root, NS.assertion, "Assertion") ?? root, NS.assertion, "Issuer");
    const subCode = code && first(code, NS.protocol, "StatusCode");
    return {
      ok: true,
      verified: false,
      ...present("id", attribute(root, "ID")),
      ...present("inResponseTo", token(root, "InResponseTo")),
      ...present("destination", token(root, "Destination")),
      ...present("issuer", issuer && collapse(issuer.text)),
      ...present("statusCode", code && token(code, "Value")),
      ...present("statusSubCode", subCode && token(subCode, "Value")),
      ...present("statusMessage", status && first(status, NS.protocol, "StatusMessage")?.text),
      xml: bytes.toString("utf8"),
    };
  });
}

function first(parent: XmlElement, namespace: string, name: string): XmlElement | undefined {
  return childrenNamed(parent, namespace, name)[0];
}

function present<K extends string>(key: K, value: string | undefined): { [P in K]?: string } {
  const result: { [P in K]?: string } = {};
  if (value !== undefined) {
    result[key] = value;
  }
  return result;
}
