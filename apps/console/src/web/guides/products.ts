import { entra } from "./facts/entra.ts";
import { generic } from "./facts/generic.ts";
import { google } from "./facts/google.ts";
import { okta } from "./facts/okta.ts";
import type { Product } from "./guide.ts";

/** Every product that has a guide, as the page lists them. */
export const PRODUCTS: readonly Product[] = [okta, entra, google, generic];

export function productOf(id: string): Product | undefined {
  return PRODUCTS.find((product) => product.id === id);
}
