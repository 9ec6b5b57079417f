/** The part of samlp 8 that is used; it brings no types. */
declare module "samlp" {
  import type { RequestHandler } from "express";

  interface SamlpOptions {
    readonly issuer: string;
    /** PEM. */
    readonly cert: string;
    /** PEM. */
    readonly key: string;
  }

  interface AuthOptions extends SamlpOptions {
    readonly audience?: string;
    readonly recipient: string;
    readonly destination: string;
    /** SP certificate, PEM: requests have to be signed by it. */
    readonly signingCert?: string;
    readonly encryptionCert?: string;
    readonly encryptionPublicKey?: string;
    readonly encryptionAlgorithm?: string;
    readonly signResponse?: boolean;
    readonly signAssertion?: boolean;
    readonly signatureAlgorithm?: "rsa-sha1" | "rsa-sha256";
    readonly digestAlgorithm?: "sha1" | "sha256";
    readonly sessionIndex?: string;
    readonly nameIdentifierFormat?: string;
    readonly getUserFromRequest: () => PassportUser;
    readonly getPostURL: (
      audience: string,
      request: unknown,
      req: unknown,
      callback: (error: null, url: string) => void,
    ) => void;
  }

  interface PassportUser {
    readonly id: string;
    readonly displayName: string;
    readonly name: { readonly givenName: string; readonly familyName: string };
    readonly emails: readonly { readonly value: string }[];
    /** What is not named here is asserted as http://schemas.passportjs.com/{name}. */
    readonly groups?: readonly string[];
  }

  interface ErrorOptions extends SamlpOptions {
    readonly error: { readonly code?: string; readonly description: string };
    readonly inResponseTo: string;
    readonly destination: string;
    readonly RelayState: string;
    readonly getPostURL: (req: unknown, callback: (error: null, url: string) => void) => void;
  }

  interface SessionParticipant {
    readonly serviceProviderId: string;
    readonly nameId: string;
    readonly nameIdFormat: string;
    readonly sessionIndex: string;
    readonly serviceProviderLogoutURL: string;
    /** SP certificate, PEM: its messages have to be signed by it. */
    readonly cert: string;
  }

  type Stored = (error: null, handle: string) => void;
  type Loaded = (error: null, state: unknown) => void;

  interface LogoutOptions extends SamlpOptions {
    readonly deflate: boolean;
    readonly protocolBinding: string;
    readonly sessionParticipants: SessionParticipants;
    readonly store: {
      save(req: unknown, state: unknown, done: Stored): void;
      load(
        req: unknown,
        handle: string,
        options: { readonly destroy?: boolean } | Loaded,
        done?: Loaded,
      ): void;
      update(req: unknown, handle: string, state: unknown, done: (error: null) => void): void;
    };
  }

  const samlp: {
    logout(options: LogoutOptions): RequestHandler;
    auth(options: AuthOptions): RequestHandler;
    sendError(options: ErrorOptions): RequestHandler;
    metadata(options: {
      readonly issuer: string;
      readonly cert: string;
      readonly redirectEndpointPath: string;
      readonly postEndpointPath: string;
      readonly logoutEndpointPaths: { readonly redirect?: string; readonly post?: string };
    }): RequestHandler;
  };
  export default samlp;

  class SessionParticipants {
    constructor(participants: readonly SessionParticipant[]);
    hasElements(): boolean;
  }

  export { SessionParticipants };
}

declare module "samlp/lib/sessionParticipants/index.js" {
  export { SessionParticipants as default } from "samlp";
}
