import { randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";
import { createTestIdp } from "@sallyport/saml/testing";
import express from "express";
import samlp from "samlp";
import SessionParticipants from "samlp/lib/sessionParticipants/index.js";
import { publishedCertificate, type SamlTenant } from "../harness/saml-site.ts";

/** How the IdP treats its one service provider. */
export interface SamlpBehaviour {
  readonly signAssertion?: boolean;
  readonly signResponse?: boolean;
  readonly sha1?: boolean;
  readonly encrypt?: boolean;
  /** Requests have to be signed by the key in the service provider's metadata. */
  readonly wantSignedRequests?: boolean;
  /** The binding that it sends its logout messages over. Default: redirect. */
  readonly logoutBinding?: "redirect" | "post";
}

/** Auth0's samlp as an IdP, over HTTP. Whoever comes is signed in already. */
export interface SamlpIdp {
  readonly metadataXml: string;
  readonly entityId: string;
  readonly certificate: string;
  readonly ssoUrl: string;
  /** Where a person finds all their applications. */
  readonly portalUrl: string;
  /** Where it takes logout messages, and where a person signs out of everything. */
  readonly logoutUrl: string;
  /** Whether it still believes that the person is at the service provider. */
  isAtServiceProvider(): boolean;
  /** Where every request is answered with an error. */
  readonly refusingUrl: string;
  /** Reads the metadata of the service provider as it is published. */
  trust(
    tenant: Pick<SamlTenant, "acsUrl" | "spEntityId" | "spMetadataUrl">,
    behaviour?: SamlpBehaviour,
  ): Promise<void>;
  stop(): Promise<void>;
}

export const PERSON = {
  id: "samlp|4711",
  displayName: "Jörg Ødegård",
  name: { givenName: "Jörg", familyName: "Ødegård" },
  emails: [{ value: "jo@acme.example.test" }],
  groups: ["Engineering", "R&D <EU>"],
} as const;

const SESSION_INDEX = "_session-1";
const PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";

/** @param host how browsers call it; where the gateway is localhost, 127.0.0.1 is another site */
export async function startSamlpIdp(host: "localhost" | "127.0.0.1" = "localhost"): Promise<SamlpIdp> {
  const { privateKey, certificate } = createTestIdp();
  const key = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const app = express();
  const server = app.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const url = `http://${host}:${(server.address() as AddressInfo).port}`;
  const issuer = `${url}/metadata`;
  const identity = { issuer, cert: certificate, key };

  let auth: express.RequestHandler = () => {
    throw new Error("No service provider is trusted yet");
  };
  let portal = auth;
  let refuse = auth;
  let logout = auth;
  let participants = new SessionParticipants([]);
  app.use(express.urlencoded({ extended: false }), (req, _res, next) => {
    req.body ??= {}; // as Express 4 does, which samlp was made for
    next();
  });
  app.all("/sso", (req, res, next) => auth(req, res, next));
  app.get("/portal", (req, res, next) => portal(req, res, next));
  app.all("/logout", (req, res, next) => logout(req, res, next));
  app.get("/refuse", (req, res, next) => refuse(req, res, next));
  const paths = {
    redirectEndpointPath: "/sso",
    postEndpointPath: "/sso",
    logoutEndpointPaths: { redirect: "/logout", post: "/logout" },
  };
  app.get("/metadata", samlp.metadata({ issuer, cert: certificate, ...paths }));
  app.use(((error, _req, res, _next) => {
    res.status(400).send(String(error));
  }) satisfies express.ErrorRequestHandler);

  return {
    metadataXml: await (await fetch(issuer)).text(),
    entityId: issuer,
    certificate,
    ssoUrl: `${url}/sso`,
    portalUrl: `${url}/portal`,
    logoutUrl: `${url}/logout`,
    isAtServiceProvider: () => participants.hasElements(),
    refusingUrl: `${url}/refuse`,
    async trust(tenant, behaviour = {}) {
      const { acsUrl, spEntityId } = tenant;
      const spCertificate = await publishedCertificate(tenant, "encryption");
      const requestCertificate = await publishedCertificate(tenant, "signing");
      const options = {
        ...identity,
        recipient: acsUrl,
        destination: acsUrl,
        sessionIndex: SESSION_INDEX,
        nameIdentifierFormat: PERSISTENT,
        signAssertion: behaviour.signAssertion ?? true,
        signResponse: behaviour.signResponse ?? false,
        ...(behaviour.sha1 ? ({ signatureAlgorithm: "rsa-sha1", digestAlgorithm: "sha1" } as const) : {}),
        ...(behaviour.encrypt ? { encryptionCert: spCertificate, encryptionPublicKey: spCertificate } : {}),
        getUserFromRequest: () => PERSON,
        getPostURL: (
          _audience: string,
          _request: unknown,
          _req: unknown,
          done: (error: null, to: string) => void,
        ) => done(null, acsUrl),
      };
      auth = samlp.auth({
        ...options,
        ...(behaviour.wantSignedRequests ? { signingCert: requestCertificate } : {}),
      });
      portal = samlp.auth({ ...options, audience: spEntityId });
      participants = new SessionParticipants([
        {
          serviceProviderId: spEntityId,
          nameId: PERSON.id,
          nameIdFormat: PERSISTENT,
          sessionIndex: SESSION_INDEX,
          serviceProviderLogoutURL: acsUrl.replace(/acs$/, "slo"),
          cert: requestCertificate,
        },
      ]);
      const logoutBinding = behaviour.logoutBinding ?? "redirect";
      logout = samlp.logout({
        ...identity,
        deflate: logoutBinding === "redirect",
        protocolBinding: `urn:oasis:names:tc:SAML:2.0:bindings:HTTP-${logoutBinding === "redirect" ? "Redirect" : "POST"}`,
        sessionParticipants: participants,
        store: memoryStore(),
      });
      refuse = (req, res, next) =>
        samlp.sendError({
          ...identity,
          error: { description: "Not assigned to this application" },
          inResponseTo: "_whatever",
          destination: acsUrl,
          RelayState: String(req.query.RelayState ?? ""),
          getPostURL: (_req, done) => done(null, acsUrl),
        })(req, res, next);
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** What is remembered between the messages of one logout. */
function memoryStore() {
  const states = new Map<string, unknown>();
  type Loaded = (error: null, state: unknown) => void;
  return {
    save(_req: unknown, state: unknown, done: (error: null, handle: string) => void) {
      const handle = randomUUID();
      states.set(handle, state);
      done(null, handle);
    },
    load(_req: unknown, handle: string, options: { readonly destroy?: boolean } | Loaded, done?: Loaded) {
      const state = states.get(handle);
      if (typeof options === "function") {
        return options(null, state);
      }
      if (options.destroy === true) {
        states.delete(handle);
      }
      done?.(null, state);
    },
    update(_req: unknown, handle: string, state: unknown, done: (error: null) => void) {
      states.set(handle, state);
      done(null);
    },
  };
}
