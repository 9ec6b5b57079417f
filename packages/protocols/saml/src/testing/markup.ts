import { escapeXml } from "../xml/write.ts";

/** XML and form values, as an IdP for tests writes them. */

export interface TestStatus {
  readonly code: string;
  readonly subCode?: string;
  readonly message?: string;
}

export function statusXml({ code, subCode, message }: TestStatus): string {
  const sub = subCode === undefined ? "" : `<samlp:StatusCode Value="${escapeXml(subCode)}"/>`;
  const text =
    message === undefined ? "" : `<samlp:StatusMessage>${escapeXml(message)}</samlp:StatusMessage>`;
  return `<samlp:Status><samlp:StatusCode Value="${escapeXml(code)}">${sub}</samlp:StatusCode>${text}</samlp:Status>`;
}

/** As HTTP-POST carries a message: base64. */
export function toFormValue(xml: string): string {
  return Buffer.from(xml, "utf8").toString("base64");
}

/** The message of a form value. */
export function fromFormValue(value: string): string {
  return Buffer.from(value, "base64").toString("utf8");
}
