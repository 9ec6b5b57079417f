import { type Html, html } from "../html.ts";

export interface BrandLogo {
  /** Of the gateway: no other address would load. */
  readonly path: string;
  readonly width: number;
  readonly height: number;
}

/** Whose page this is, above its heading. Nothing where there is no logo. */
export function brandLogo(name: string, logo: BrandLogo | null): Html | null {
  return (
    logo &&
    html`<img class="logo" src="${logo.path}" width="${logo.width}" height="${logo.height}" alt="${name}">`
  );
}
