import { z } from "zod";
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponsesObject,
} from "zod-openapi";
import { ADMIN_ERRORS, type AdminErrorCode } from "../errors.ts";
import type { Endpoint } from "./endpoint.ts";

const problemDocument = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string().meta({ description: "Stable: program against this." }),
    detail: z.string().meta({ description: "What happened and what to do, for a person." }),
    errors: z
      .array(z.object({ field: z.string(), message: z.string() }))
      .optional()
      .meta({ description: "Each field that was refused." }),
    requestId: z.string(),
  })
  .meta({ id: "Problem", description: "RFC 9457." });

// What @sallyport/http answers for any endpoint, before ours sees the input.
const INPUT_ERRORS = { 400: ["input_invalid"] };
const BODY_ERRORS = { 400: ["input_invalid", "body_malformed"], 413: ["body_too_large"] };

const LAST_EVENT = z.object({
  "Last-Event-ID": z.string().optional().meta({ description: "The id of the last event that was received." }),
});

export type OpenApiDocument = ReturnType<typeof createDocument>;

/** The OpenAPI 3.1 document of the endpoints, made from the very schemas that validate the requests. */
export function openApiDocument(endpoints: readonly Endpoint[], publicUrl: string): OpenApiDocument {
  return createDocument(
    {
      openapi: "3.1.0",
      info: {
        title: "Sallyport management API",
        version: "1",
        description:
          "Organizations with their connections, directories, roles and members. JSON in camelCase; lists are cursor pages; errors are problem+json with a stable `code`.",
        license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      },
      servers: [{ url: `${publicUrl}/api/v1` }],
      security: [{ apiKey: [] }],
      tags: [...new Set(endpoints.map((endpoint) => endpoint.tag))].map((name) => ({ name })),
      paths: pathsOf(endpoints),
      components: {
        securitySchemes: {
          apiKey: { type: "http", scheme: "bearer", description: "A management API key, or the root key." },
        },
      },
    },
    { override: dropPatternsOfFormats },
  );
}

// A format says it better than the long expression that stands behind it.
function dropPatternsOfFormats({ jsonSchema }: { jsonSchema: { format?: string; pattern?: string } }): void {
  if (jsonSchema.format !== undefined) {
    delete jsonSchema.pattern;
  }
}

function pathsOf(endpoints: readonly Endpoint[]): ZodOpenApiPathsObject {
  const paths: ZodOpenApiPathsObject = {};
  for (const endpoint of endpoints) {
    paths[endpoint.path] = { ...paths[endpoint.path], [endpoint.method]: operationOf(endpoint) };
  }
  return paths;
}

function operationOf(endpoint: Endpoint): ZodOpenApiOperationObject {
  const { operationId, permission, summary, description, tag, parameters, query, body } = endpoint;
  return {
    operationId,
    summary,
    description: [...(description === undefined ? [] : [description]), `Needs \`${permission}\`.`].join(" "),
    "x-required-permission": permission,
    security: [{ apiKey: [permission] }],
    tags: [tag],
    requestParams: {
      path: z.object(Object.fromEntries(parameters.map((name) => [name, pathParameter(name)]))),
      ...(query instanceof z.ZodObject ? { query } : {}),
      ...(endpoint.events === undefined ? {} : { header: LAST_EVENT }),
    },
    ...(body === undefined ? {} : { requestBody: { required: isRequired(body), content: json(body) } }),
    responses: responsesOf(endpoint),
  };
}

function isRequired(body: z.ZodType): boolean {
  return !body.safeParse(undefined).success;
}

function pathParameter(name: string): z.ZodType {
  if (name === "kid") {
    return z.string().meta({ description: "The `kid` of a signing key." });
  }
  return name === "org"
    ? z.string().meta({ description: "The organization's slug or id." })
    : z.uuid().meta({ description: "An id; any other text answers 404." });
}

function responsesOf(endpoint: Endpoint): ZodOpenApiResponsesObject {
  const { status, reply, events, file } = endpoint;
  const done = {
    description: events === undefined ? "Done." : "Events; the schema is that of each one's data.",
    ...(reply === undefined ? {} : { content: json(reply) }),
    ...(file === undefined
      ? {}
      : { content: Object.fromEntries(file.map((type) => [type, { schema: z.string() }])) }),
    ...(events === undefined ? {} : { content: { "text/event-stream": { schema: events } } }),
  };
  const refused = [...errorsByStatus(endpoint)].map(([refusal, codes]) => [
    refusal,
    {
      description: [...codes].map((code) => `\`${code}\``).join(", "),
      content: { "application/problem+json": { schema: problemDocument } },
    },
  ]);
  return Object.fromEntries([[status, done], ...refused]);
}

function errorsByStatus(endpoint: Endpoint): Map<number, Set<string>> {
  const byStatus = new Map<number, Set<string>>();
  const add = (status: number, code: string) =>
    byStatus.set(status, (byStatus.get(status) ?? new Set()).add(code));
  for (const code of endpoint.errors) {
    add(statusOf(code), code);
  }
  const general = endpoint.body === undefined ? INPUT_ERRORS : BODY_ERRORS;
  for (const [status, codes] of Object.entries(general)) {
    for (const code of codes) {
      add(Number(status), code);
    }
  }
  return new Map([...byStatus].sort(([a], [b]) => a - b));
}

function statusOf(code: AdminErrorCode): number {
  return ADMIN_ERRORS[code].status;
}

function json(schema: z.ZodType) {
  return { "application/json": { schema } };
}
