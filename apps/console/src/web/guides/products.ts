import type { Product } from "./guide.ts";
import { adfs } from "./products/adfs.ts";
import { auth0 } from "./products/auth0.ts";
import { cyberark } from "./products/cyberark.ts";
import { entra } from "./products/entra.ts";
import { generic } from "./products/generic.ts";
import { google } from "./products/google.ts";
import { jumpcloud } from "./products/jumpcloud.ts";
import { keycloak } from "./products/keycloak.ts";
import { okta } from "./products/okta.ts";
import { onelogin } from "./products/onelogin.ts";
import { pingone } from "./products/pingone.ts";
import { rippling } from "./products/rippling.ts";
import { shibboleth } from "./products/shibboleth.ts";

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
  rippling,
  cyberark,
  shibboleth,
  generic,
];

export function productOf(id: string): Product | undefined {
  return PRODUCTS.find((product) => product.id === id);
}
