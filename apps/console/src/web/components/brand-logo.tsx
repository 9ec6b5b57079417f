import type { Schemas } from "../api/client.ts";

/** A logo, in the size that a page's head has room for. */
export function BrandLogo({ logo, name }: { readonly logo: Schemas["Logo"]; readonly name: string }) {
  // By its path alone: no other origin's picture would load.
  return (
    <img
      className="brand-logo"
      src={new URL(logo.url).pathname}
      width={logo.width}
      height={logo.height}
      alt={name}
    />
  );
}
