import { challenge, clientCredentials, OAuthError } from "@sallyport/oauth";
import type { Request } from "express";
import { type Application, type Applications, isPublic, secretMatches } from "../applications.ts";
import { REALM } from "./bearer.ts";
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
  throw new OAuthError("invalid_client", "Client authentication failed: check client_id and client_secret", {
    challenge:
      header === undefined ? undefined : challenge("Basic", { realm: REALM, error: "invalid_client" }),
  });
}

function formCredentials(form: Form): Credentials {
  const clientId = form.get("client_id");
  if (clientId === undefined) {
    throw new OAuthError("invalid_client", "Client authentication is missing", {
      challenge: challenge("Basic", { realm: REALM }),
    });
  }
  return { clientId, secret: form.get("client_secret") ?? null };
}

function basicCredentials(header: string, form: Form): Credentials {
  const credentials = clientCredentials(header);
  if (credentials === undefined) {
    throw new OAuthError(
      "invalid_request",
      "The Authorization header is not well-formed Basic authentication, of id and secret form-encoded each",
    );
  }
  if (form.has("client_secret")) {
    throw new OAuthError("invalid_request", "Client authentication must be given in one way only");
  }
  const { clientId, clientSecret } = credentials;
  if ((form.get("client_id") ?? clientId) !== clientId) {
    throw new OAuthError("invalid_request", "client_id differs from the Authorization header's");
  }
  return { clientId, secret: clientSecret };
}
