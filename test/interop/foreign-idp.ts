import type { Page } from "playwright-core";
import type { SamlTenant } from "../harness/saml-site.ts";

/** How an IdP treats its service provider. */
export interface Behaviour {
  /** Encrypt assertions. */
  readonly encrypt?: boolean;
  /** Take signed requests only. */
  readonly wantSignedRequests?: boolean;
  /** Name people by another identifier at each login. */
  readonly transient?: boolean;
}

/** An IdP that is another project's: installed, configured in a folder of its own, and reached over HTTP. */
export interface ForeignIdp {
  readonly name: string;
  metadataXml(): Promise<string>;
  /** Makes this its one service provider. */
  trust(spMetadata: string, behaviour?: Behaviour): Promise<void>;
  /** On the IdP's login page: signs the one person in. */
  signIn(page: Page): Promise<void>;
  /** Where a person who is at the IdP starts to go to the service provider (IdP-initiated), and to which page of it. */
  startUrl(tenant: SamlTenant, relayState?: string): string;
  /** Where a person who is at the IdP signs out (IdP-initiated). */
  readonly signOutUrl: string;
  /** What the IdP last wrote to its log, to tell what it did not like. */
  log(): Promise<string>;
  stop(): Promise<void>;
}

/** The one person that each IdP knows. */
export const PERSON = {
  login: "jodegard",
  password: "correct horse battery staple",
  email: "jo@acme.example.test",
  givenName: "Jörg",
  familyName: "Ødegård",
  name: "Jörg Ødegård",
  groups: ["Engineering", "R&D <EU>"],
} as const;

/** A query of what is given. */
export function query(parameters: Readonly<Record<string, string | undefined>>): URLSearchParams {
  const given = Object.entries(parameters).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return new URLSearchParams(given);
}
