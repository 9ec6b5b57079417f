/** Values of ours that an identity provider asks for. */
export type OurValue = "acsUrl" | "spEntityId" | "spMetadataUrl" | "redirectUri" | "baseUrl" | "token";

/** A field on a page of the identity provider's console. Names are the product's own words, and so never translated. */
export interface GuideField {
  readonly label: string;
  /** What goes in: a value of ours, or a fixed text. Without either, it is where something is read. */
  readonly value?: OurValue;
  readonly text?: string;
  /** Filled as one likes. */
  readonly free?: true;
}

/** One page of the identity provider's console. Its sentences are in guides/texts, by the id. */
export interface GuideStep {
  readonly id: string;
  /** The way through the menus, in the product's own words. */
  readonly path: readonly string[];
  readonly fields: readonly GuideField[];
}

export interface Guide {
  readonly steps: readonly GuideStep[];
  /** When the facts were last checked, ISO 8601. */
  readonly checked: string;
}

export type Provider =
  | "okta"
  | "entra"
  | "google"
  | "onelogin"
  | "jumpcloud"
  | "pingone"
  | "adfs"
  | "keycloak"
  | "shibboleth"
  | "generic";

/** What one product needs to be set up, as far as it can do it. */
export interface Product {
  readonly id: string;
  /** The product's name. */
  readonly name: string;
  /** `provider` of our API. */
  readonly provider: Provider;
  readonly saml?: Guide;
  readonly oidc?: Guide;
  readonly scim?: Guide;
  /** Whether metadata comes by URL; a file alone does not follow the product's next key. */
  readonly metadataUrl: boolean;
}

/** The sentences of a step, in one language. */
export interface StepText {
  readonly title: string;
  readonly body: string;
  readonly pitfalls?: readonly string[];
}

/** By product, protocol and step: `okta.saml.create`. */
export type GuideTexts = Readonly<Record<string, StepText>>;
