import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import formats from "ajv-formats";

/** What the tests read of the served document. */
export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
}

interface DocumentedOperation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly in: string; readonly name: string }[];
  readonly requestBody?: unknown;
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
}

export interface Operation extends DocumentedOperation {
  readonly path: string;
  readonly method: string;
}

/** Holds answers against the document that the API serves of itself. */
export interface DocumentCheck {
  readonly document: OpenApi;
  readonly operations: readonly Operation[];
  operation(operationId: string): Operation;
  /** Throws when the document does not foresee the status, the content type, or the body. */
  response(operationId: string, response: Response, body: unknown): void;
}

export function createDocumentCheck(document: OpenApi): DocumentCheck {
  const ajv = new Ajv2020({ strict: false });
  formats.default(ajv);
  ajv.addSchema(document, "api");
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, path, method })),
  );
  const find = (operationId: string): Operation => {
    const found = operations.find((operation) => operation.operationId === operationId);
    if (found === undefined) {
      throw new Error(`The document has no operation ${operationId}`);
    }
    return found;
  };
  const validators = new Map<string, ValidateFunction>();
  const validator = (pointer: string): ValidateFunction => {
    const known = validators.get(pointer) ?? ajv.compile({ $ref: `api#${pointer}` });
    validators.set(pointer, known);
    return known;
  };

  return {
    document,
    operations,
    operation: find,
    response(operationId, response, body) {
      const { path, method, responses } = find(operationId);
      const context = `${operationId} answered ${response.status}`;
      const documented = responses[response.status];
      if (documented === undefined) {
        throw new Error(`${context}, undocumented: ${JSON.stringify(body)}`);
      }
      if (documented.content === undefined) {
        if (body !== undefined) {
          throw new Error(`${context} with a body, undocumented`);
        }
        return;
      }
      const type = response.headers.get("content-type")?.split(";")[0] ?? "";
      if (!(type in documented.content)) {
        throw new Error(`${context} as ${type}, undocumented`);
      }
      if (type === "text/event-stream" && body === undefined) {
        return; // the schema is that of an event
      }
      const keys = ["paths", path, method, "responses", `${response.status}`, "content", type, "schema"];
      const validate = validator(`/${keys.map(escapePointer).join("/")}`);
      if (!validate(body)) {
        throw new Error(`${context}, not by its schema: ${ajv.errorsText(validate.errors)}`);
      }
    },
  };
}

// RFC 6901, and percent-encoded: the pointer stands in a URI fragment.
function escapePointer(key: string): string {
  return encodeURIComponent(key.replaceAll("~", "~0").replaceAll("/", "~1"));
}
