import { z } from "zod";

export interface ScimTarget {
  readonly baseUrl: string;
  readonly token: string;
}

export interface ScimRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH";
  /** Below the directory's base URL, query included, unescaped as people write it. */
  readonly path: string;
  readonly body?: unknown;
}

export interface Exchange {
  readonly request: ScimRequest;
  readonly status: number;
  readonly ms: number;
  /** The parsed answer; undefined where the body was empty. */
  readonly answer: unknown;
}

/** Sends one request as a SCIM client does. An answer that the client could not go on from is thrown. */
export type SendScim = (request: ScimRequest) => Promise<Exchange>;

export function scimSender(
  target: ScimTarget,
  headers: Readonly<Record<string, string>>,
  onExchange: (exchange: Exchange) => void,
): SendScim {
  return async (request) => {
    const started = performance.now();
    const response = await fetch(encodeURI(`${target.baseUrl}${request.path}`), {
      method: request.method,
      headers: { ...headers, authorization: `Bearer ${target.token}` },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    });
    const text = await response.text();
    const answer: unknown = text === "" ? undefined : JSON.parse(text);
    const exchange = { request, status: response.status, ms: performance.now() - started, answer };
    onExchange(exchange);
    if (!response.ok) {
      throw new Error(`${request.method} ${request.path} answered ${response.status}: ${text}`);
    }
    return exchange;
  };
}

const resource = z.object({ id: z.string() });
const list = z.object({ Resources: z.array(resource).default([]) });

/** The id of a created or read resource. */
export function idOf(exchange: Exchange): string {
  return resource.parse(exchange.answer).id;
}

/** The id of the first match of a list; undefined where nothing matched. */
export function firstIdOf(exchange: Exchange): string | undefined {
  return list.parse(exchange.answer).Resources[0]?.id;
}

export const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
export const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
export const GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";

/** How one product pushes. Each method sends what that product is documented to send, and no more. */
export interface PushClient {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Creates or updates the person, active; returns the id. */
  pushUser(send: SendScim, person: PushedPerson): Promise<string>;
  /** Creates the group where it is missing and adds the members. */
  pushGroup(send: SendScim, displayName: string, memberIds: readonly string[]): Promise<void>;
  deactivate(send: SendScim, id: string): Promise<void>;
  findUser(send: SendScim, userName: string): Promise<string | undefined>;
}

export interface PushedPerson {
  readonly email: string;
  readonly givenName: string;
  readonly familyName: string;
}
