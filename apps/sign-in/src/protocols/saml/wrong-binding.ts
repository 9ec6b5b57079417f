import { type Finding, maskUnparsedXml, maskUnverifiedXml } from "@sallyport/login-records";
import { openRedirectMessage } from "@sallyport/saml";
import type { Request } from "express";

/** A response that came by a binding which the ACS does not take. It takes HTTP-POST, as our metadata says. */
export interface WrongBinding {
  readonly finding: Finding;
  /** What came, decoded and masked. */
  readonly shown: () => string;
}

const SET_POST =
  "In the IdP, set the binding of this application's ACS URL to HTTP-POST, or load our metadata anew: it names no other.";

/** What a request to the ACS carries by HTTP-Redirect or HTTP-Artifact (SAML bindings 3.4, 3.6); null where nothing. */
export function readWrongBinding(req: Request): WrongBinding | null {
  const query = new URL(req.originalUrl, "https://acs.invalid").search.slice(1);
  const parameters = new URLSearchParams(query);
  const artifact = parameters.get("SAMLart") ?? postedArtifact(req.body);
  if (artifact !== null) {
    return {
      finding: {
        code: "response_by_artifact",
        message: "The IdP sent an artifact (HTTP-Artifact binding) in place of its response.",
        fix: SET_POST,
      },
      shown: () => showArtifact(artifact),
    };
  }
  const response = parameters.get("SAMLResponse");
  if (req.method !== "GET" || response === null) {
    return null;
  }
  return {
    finding: {
      code: "response_by_redirect",
      message: "The IdP sent its response in the address (HTTP-Redirect binding), not in a form.",
      fix: SET_POST,
    },
    shown: () => {
      const message = openRedirectMessage(query);
      return message.ok
        ? maskUnverifiedXml(message.xml)
        : maskUnparsedXml(Buffer.from(response, "base64").toString("utf8"));
    },
  };
}

function postedArtifact(body: unknown): string | null {
  const posted = typeof body === "object" && body !== null && "SAMLart" in body ? body.SAMLart : null;
  return typeof posted === "string" ? posted : null;
}

/** Without its message handle, by which whoever may ask the IdP is given the response (SAML bindings 3.6.4.2). */
function showArtifact(artifact: string): string {
  const bytes = Buffer.from(artifact, "base64");
  if (bytes.length !== 44) {
    return `SAMLart of ${bytes.length} bytes`;
  }
  const [type, endpoint] = [bytes.readUInt16BE(0), bytes.readUInt16BE(2)];
  const source = bytes.subarray(4, 24).toString("hex");
  return `SAMLart: type ${type}, endpoint index ${endpoint}, source ${source}, message handle [masked]`;
}
