import type { Request } from "express";
import { type Application, type Applications, isPublic, secretMatches } from "../applications.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import type { Form } from "./form.ts";

interface Credentials {
  readonly clientId: string;
  readonly secret: string | null;
}

/**
 * The application that makes the request, by client_secret_basic, client_secret_post, or, a public one, by its
 * `client_id` alone (RFC 6749, 2.3). @throws OAuthError
 */
export async function authenticateClient(
  req: Request,
  form: Form,
  applications: Applications,
): Promise<Application> {
  const header = req.get("authorization");
  const { clientId, secret } = header === undefined ? formCredentials(form) : basicCredentials(header, form);
  const application = await applications.find(clientId);
  const known =
    application !== null && (secret === null ? isPublic(application) : secretMatches(application, secret));
  if (known) {
    return application;
  }
  throw new OAuthError(
    "invalid_client",
    "Client authentication failed: check client_id and client_secret",
    header === undefined ? undefined : 'Basic realm="sallyport", error="invalid_client"',
  );
}

function formCredentials(form: Form): Credentials {
  const clientId = form.get("client_id");
  if (clientId === undefined) {
    throw new OAuthError("invalid_client", "Client authentication is missing", 'Basic realm="sallyport"');
  }
  return { clientId, secret: form.get("client_secret") ?? null };
}

function basicCredentials(header: string, form: Form): Credentials {
  const [, encoded] = /^basic ([A-Za-z0-9+/]+=*)$/i.exec(header) ?? [];
  const [, id, secret] = /^([^:]+):(.+)$/s.exec(Buffer.from(encoded ?? "", "base64").toString("utf8")) ?? [];
  if (id === undefined || secret === undefined) {
    throw new OAuthError(
      "invalid_request",
      "The Authorization header is not well-formed Basic authentication",
    );
  }
  if (form.has("client_secret")) {
    throw new OAuthError("invalid_request", "Client authentication must be given in one way only");
  }
  const clientId = formDecode(id);
  if ((form.get("client_id") ?? clientId) !== clientId) {
    throw new OAuthError("invalid_request", "client_id differs from the Authorization header's");
  }
  return { clientId, secret: formDecode(secret) };
}

// RFC 6749, 2.3.1: both halves are form-encoded before they are joined.
function formDecode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw new OAuthError("invalid_request", "The Authorization header is not form-encoded");
  }
}
