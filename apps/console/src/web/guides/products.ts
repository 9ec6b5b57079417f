import { adfs } from "./facts/adfs.ts";
import { auth0 } from "./facts/auth0.ts";
import { entra } from "./facts/entra.ts";
import { generic } from "./facts/generic.ts";
import { google } from "./facts/google.ts";
import { jumpcloud } from "./facts/jumpcloud.ts";
import { keycloak } from "./facts/keycloak.ts";
import { okta } from "./facts/okta.ts";
import { onelogin } from "./facts/onelogin.ts";
import { pingone } from "./facts/pingone.ts";
import type { Product } from "./guide.ts";

/** Every product that has a guide, as the page lists them. */
export const PRODUCTS: readonly Product[] = [
  okta,
  entra,
  google,
  onelogin,
  jumpcloud,
  pingone,
  adfs,
  keycloak,
  auth0,
  generic,
];

export function productOf(id: string): Product | undefined {
  return PRODUCTS.find((product) => product.id === id);
}
