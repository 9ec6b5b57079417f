import { isId, type Organization } from "@sallyport/database";
import { defined } from "@sallyport/defined";
import { parseInput } from "@sallyport/http";
import { z } from "zod";
import { mayChangeOperators, requirePermission, type SetupLinkCaller } from "../access/caller.ts";
import type { GatewayPermission, OrganizationPermission, Permission } from "../access/permissions.ts";
import { type Context, reachOrganization } from "../context.ts";
import { ADMIN_ERRORS, type AdminErrorCode, problem } from "../errors.ts";
import { Download } from "./download.ts";
import { EventStream } from "./event-stream.ts";

/** What is told of an operation: its route, its validation and its documentation all follow from this. */
interface Declaration {
  readonly operationId: string;
  readonly method: "get" | "post" | "put" | "patch" | "delete";
  /** Below `/api/v1`. `{org}` is a slug or an id, `{kid}` a signing key's; every `{somethingId}` is an id, or the answer is 404. */
  readonly path: string;
  /** What its caller must be allowed, beside reaching what the path names. */
  readonly permission: Permission;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  readonly status: 200 | 201 | 204;
  /** Left out with 204. */
  readonly reply?: z.ZodType;
  /** The data of each event, where it answers a stream (`EventStream`) in place of a reply. */
  readonly events?: z.ZodType;
  /** The content types that it answers, where that is a file (`Download`) in place of a reply. */
  readonly file?: readonly string[];
  /** Refusals of the operation's own; those of its caller, path and body follow from the rest. */
  readonly errors?: readonly AdminErrorCode[];
}

/** Input as it came: nothing of it is trusted yet, but that the path matched. */
export interface RawInput {
  readonly params: Readonly<Record<string, string>>;
  readonly query: unknown;
  /** Reads the body: called once, and only for those who may send one. */
  body(): Promise<unknown>;
}

/** An operation ready to be mounted and documented. */
export interface Endpoint extends Declaration {
  readonly query: z.ZodType;
  readonly parameters: readonly string[];
  /** Every code of the error table that it may answer. */
  readonly errors: readonly AdminErrorCode[];
  /** Checks access, parses, runs, and returns exactly what the reply's schema names. */
  run(context: Context, input: RawInput): Promise<unknown>;
}

type ParameterNames<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParameterNames<Rest>
  : never;

interface Input<Path extends string, Query extends z.ZodType, Body extends z.ZodType> {
  readonly params: Readonly<Record<ParameterNames<Path>, string>>;
  readonly query: z.output<Query>;
  readonly body: z.output<Body>;
}

interface Operation<
  Path extends string,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Reply extends z.ZodType,
  Extra = unknown,
> extends Declaration {
  readonly path: Path;
  readonly query?: Query;
  readonly body?: Body;
  readonly reply?: Reply;
  handle(call: Context & Input<Path, Query, Body> & Extra): Promise<z.input<Reply>>;
}

/** An operation inside one organization, for every caller who reaches it and has the permission. */
export function organizationEndpoint<
  const Path extends `/organizations/{org}${string}`,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Reply extends z.ZodType,
>(
  operation: Operation<Path, Query, Body, Reply, { readonly organization: Organization }> & {
    readonly permission: OrganizationPermission;
  },
): Endpoint {
  const changes = operation.permission.endsWith(".write");
  const errors = ["organization_not_found", ...(changes ? (["operator_required"] as const) : [])] as const;
  return build(operation, errors, async (context, raw) => {
    const organization = await reachOrganization(context, raw.params.org ?? "");
    requirePermission(context.caller, operation.permission);
    if (changes && organization.forOperators && !mayChangeOperators(context.caller)) {
      throw problem("operator_required");
    }
    return operation.handle({ ...context, organization, ...(await parse(operation, raw)) });
  });
}

/** An operation on what belongs to no organization, for callers without an organization alone. */
export function gatewayEndpoint<
  const Path extends string,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Reply extends z.ZodType,
>(operation: Operation<Path, Query, Body, Reply> & { readonly permission: GatewayPermission }): Endpoint {
  return build(operation, ["key_scope_insufficient"], async (context, raw) => {
    if (context.caller.organizationId !== null) {
      throw problem("key_scope_insufficient");
    }
    requirePermission(context.caller, operation.permission);
    return operation.handle({ ...context, ...(await parse(operation, raw)) });
  });
}

/** An operation for every caller with the permission, which itself heeds what the caller reaches. */
export function keyedEndpoint<
  const Path extends string,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Reply extends z.ZodType,
>(operation: Operation<Path, Query, Body, Reply>): Endpoint {
  return build(operation, [], async (context, raw) => {
    requirePermission(context.caller, operation.permission);
    return operation.handle({ ...context, ...(await parse(operation, raw)) });
  });
}

/** An operation of the page of a setup link, for the link itself: a caller of another kind is refused before its input. */
export function setupLinkEndpoint<
  const Path extends `/setup${string}`,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Reply extends z.ZodType,
>(operation: Operation<Path, Query, Body, Reply, { readonly link: SetupLinkCaller }>): Endpoint {
  return build(operation, ["setup_link_required"], async (context, raw) => {
    const { caller } = context;
    if (caller.type !== "setupLink") {
      throw problem("setup_link_required");
    }
    requirePermission(caller, operation.permission);
    return operation.handle({ ...context, link: caller, ...(await parse(operation, raw)) });
  });
}

const NO_QUERY = z.strictObject({});
/** A JWK thumbprint by SHA-256, in base64url (RFC 7638). */
const KID = /^[\w-]{43}$/;

function build(
  declaration: Declaration,
  accessErrors: readonly AdminErrorCode[],
  run: Endpoint["run"],
): Endpoint {
  const { operationId, method, path, permission, tag, summary, description } = declaration;
  const { query, body, status, reply, events, file } = declaration;
  const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "");
  return {
    operationId,
    method,
    path,
    permission,
    parameters,
    tag,
    summary,
    status,
    query: query ?? NO_QUERY,
    ...defined({ description, body, reply, events, file }),
    errors: [
      "authentication_required",
      "key_invalid",
      "authentication_failures_too_many",
      "console_request_refused",
      "permission_missing",
      ...accessErrors,
      ...parameters.filter((name) => name !== "org").map(notFoundCode),
      ...(body === undefined ? [] : (["content_type_unsupported"] as const)),
      ...(declaration.errors ?? []),
    ],
    // The reply's schema drops what it does not name: no digest or sealed secret leaves by accident.
    run: async (context, raw) => {
      const result = await run(context, raw);
      return result instanceof EventStream || result instanceof Download ? result : reply?.parse(result);
    },
  };
}

async function parse<Path extends string, Query extends z.ZodType, Body extends z.ZodType>(
  operation: { readonly path: Path; readonly query?: Query; readonly body?: Body },
  raw: RawInput,
): Promise<Input<Path, Query, Body>> {
  for (const [name, value] of Object.entries(raw.params)) {
    const wellFormed = name === "kid" ? KID.test(value) : name === "org" || isId(value);
    if (!wellFormed) {
      throw problem(notFoundCode(name));
    }
  }
  // Without a schema of its own the value's type is `unknown`: no handler can read it.
  const query = parseInput(operation.query ?? NO_QUERY, raw.query) as z.output<Query>;
  const body = (
    operation.body === undefined ? undefined : parseInput(operation.body, await raw.body())
  ) as z.output<Body>;
  // Express matched the path, so each parameter that the path names has its value.
  return { params: raw.params as Input<Path, Query, Body>["params"], query, body };
}

function notFoundCode(parameter: string): AdminErrorCode {
  const name = parameter.replace(/Id$/, "").replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const code = `${name}_not_found`;
  if (isErrorCode(code)) {
    return code;
  }
  throw new TypeError(`The error table has no ${code} for the path parameter ${parameter}`);
}

function isErrorCode(code: string): code is AdminErrorCode {
  return Object.hasOwn(ADMIN_ERRORS, code);
}
