import type { IdpFinding } from "@sallyport/oidc-client";

const ENTRA_FOR_ALL = /^https:\/\/login\.microsoftonline\.com\/(?:common|organizations|consumers)(?:\/|$)/i;
const OKTA_ADMIN = /^https:\/\/([\w-]+)-admin\.(okta(?:preview|-emea)?\.com)(?:\/|$)/i;

/** What is wrong with an address as such: it is often copied in place of the right one, and need not be asked. */
export function findAddressMistake(address: string): IdpFinding | null {
  if (ENTRA_FOR_ALL.test(address)) {
    return {
      code: "issuer_for_all_tenants",
      message: "This issuer of Entra ID is shared by all tenants and identifies none.",
      fix: "Put your Directory (tenant) ID in its place.",
      expected: "https://login.microsoftonline.com/<tenant id>/v2.0",
      found: address,
    };
  }
  const [, name, domain] = OKTA_ADMIN.exec(address) ?? [];
  if (name !== undefined) {
    return {
      code: "okta_admin_address",
      message: "This is the address of Okta's admin console, where nobody signs in.",
      fix: "Leave out -admin.",
      expected: `https://${name}.${domain}`,
      found: address,
    };
  }
  return null;
}
