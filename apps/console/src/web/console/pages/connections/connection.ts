import { createContext, use } from "react";
import type { Schemas } from "../../../api/client.ts";
import { productOf } from "../../../guides/products.ts";

export type Connection = Schemas["Connection"];

/** As its page and lists show it. */
export type ConnectionInUse = Schemas["ConnectionInUse"];

export const ConnectionContext = createContext<ConnectionInUse | null>(null);

/** The connection whose pages these are. */
export function useConnection(): ConnectionInUse {
  const connection = use(ConnectionContext);
  if (connection === null) {
    throw new Error("Only below /connections/$connectionId");
  }
  return connection;
}

export const protocolName = ({ type }: Connection) => (type === "saml" ? "SAML" : "OpenID Connect");

/** Whether it has key pairs of its own to show. */
export const hasKeys = ({ type, oidc }: Connection) =>
  type === "saml" || oidc?.clientAuthentication === "private_key_jwt";

/** The identity provider's product; where we know none, it is called as the connection is. */
export function productOfConnection({ provider, name }: Connection): {
  readonly id: string;
  readonly name: string;
} {
  return { id: provider, name: (provider === "generic" ? "" : productOf(provider)?.name) || name };
}
