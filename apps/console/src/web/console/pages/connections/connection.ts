import { createContext, use } from "react";
import type { Schemas } from "../../../api/client.ts";
import { productOf } from "../../../guides/products.ts";

export type Connection = Schemas["Connection"];

export const ConnectionContext = createContext<Connection | null>(null);

/** The connection whose pages these are. */
export function useConnection(): Connection {
  const connection = use(ConnectionContext);
  if (connection === null) {
    throw new Error("Only below /connections/$connectionId");
  }
  return connection;
}

export const protocolName = ({ type }: Connection) => (type === "saml" ? "SAML" : "OpenID Connect");

/** The identity provider's product; where we know none, it is called as the connection is. */
export function productOfConnection({ provider, name }: Connection): {
  readonly id: string;
  readonly name: string;
} {
  return { id: provider, name: (provider === "generic" ? "" : productOf(provider)?.name) || name };
}
