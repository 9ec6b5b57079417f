import { queryOptions } from "@tanstack/react-query";
import { dataOf, type Schemas } from "../../../api/client.ts";
import { api } from "../../api.ts";

export type Directory = Schemas["Directory"];
export type Provider = Directory["provider"];

/** The SCIM clients by their own names; the two kinds that are no product are named in the texts. */
export const PRODUCTS = {
  okta: "Okta",
  entra: "Microsoft Entra ID",
  google: "Google Workspace",
  onelogin: "OneLogin",
  jumpcloud: "JumpCloud",
  pingone: "PingOne",
  pingfederate: "PingFederate",
  rippling: "Rippling",
  keycloak: "Keycloak",
  authentik: "authentik",
  sailpoint: "SailPoint",
  cyberark: "CyberArk",
} as const satisfies Partial<Record<Provider, string>>;

export const directoryQuery = (org: string, directoryId: string) =>
  queryOptions({
    queryKey: ["directories", org, directoryId],
    queryFn: () =>
      dataOf(
        api.GET("/organizations/{org}/directories/{directoryId}", {
          params: { path: { org, directoryId } },
        }),
      ),
  });
