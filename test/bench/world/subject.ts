import type { Http } from "@sallyport/testing-browser";
import type { Measured } from "../scenario.ts";
import type { RelyingApp } from "./relying-app.ts";
import type { ScimClient } from "./scim-client.ts";

/** A server that a scenario can be played on: the gateway, or a peer that does the same. */
export interface Subject extends Measured {
  readonly http: Http;
  /** A tenant with an identity provider, and an application that its people sign in to. */
  addSamlSite(slug: string, domain: string, idpMetadata: string): Promise<SamlSite>;
  /** A tenant with a directory that is pushed to. Its groups of the names `rolesFor` give a role, where that is known. */
  addDirectory(slug: string, rolesFor?: readonly string[]): Promise<BenchDirectory>;
}

export interface SamlSite {
  readonly tenantId: string;
  /** Leads to the tenant's IdP. */
  readonly app: RelyingApp;
  readonly spEntityId: string;
  readonly acsUrl: string;
}

export interface BenchDirectory {
  readonly tenantId: string;
  readonly scim: ScimClient;
  /** Resolves once all that was pushed has taken effect. */
  settle(): Promise<void>;
  /** How many people the push has made members; undefined where there is no such thing. */
  members(): Promise<number | undefined>;
}
