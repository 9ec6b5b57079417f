import type { Schemas } from "../../api/client.ts";

export type Found = Schemas["Found"]["items"][number];

/** The page of something that was found, as an address of the console. */
export function foundAddress({ type, id, parentId, organization }: Found): string {
  const own = organization === null ? "" : `/organizations/${organization.slug}`;
  switch (type) {
    case "organization":
      return own;
    case "member":
      return `${own}/members/${id}`;
    case "connection":
      return `${own}/connections/${id}`;
    case "directory":
      return `${own}/directories/${id}`;
    case "application":
      return `/applications/${id}`;
    case "loginRecord":
      return `${own}/connections/${parentId}/logins/${id}`;
    case "scimRequest":
      return `${own}/directories/${parentId}/requests?request=${id}`;
  }
}
