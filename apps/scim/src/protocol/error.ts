import { cutText } from "@sallyport/database";
import { defined } from "@sallyport/defined";
/** The error keywords of RFC 7644 §3.12 and, for cursors, RFC 9865 §2.1.3. */
export type ScimType =
  | "invalidFilter"
  | "tooMany"
  | "uniqueness"
  | "mutability"
  | "invalidSyntax"
  | "invalidPath"
  | "noTarget"
  | "invalidValue"
  | "invalidVers"
  | "sensitive"
  | "invalidCursor"
  | "expiredCursor"
  | "invalidCount";

const ERROR_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:Error";

export interface ErrorDocument {
  readonly schemas: readonly [typeof ERROR_SCHEMA];
  /** The HTTP status as a string: RFC 7644 §3.12 shows it so, and clients parse it so. */
  readonly status: string;
  readonly scimType?: ScimType;
  readonly detail: string;
}

/** A failure that the SCIM client may read. Everything else that is thrown answers 500 with no detail. */
export class ScimError extends Error {
  readonly status: number;
  readonly scimType: ScimType | undefined;
  readonly headers: Readonly<Record<string, string>>;

  /** @param detail what happened, which field, what to do; never another directory's data */
  constructor(
    status: number,
    detail: string,
    options: { readonly scimType?: ScimType; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(detail);
    this.name = "ScimError";
    this.status = status;
    this.scimType = options.scimType;
    this.headers = options.headers ?? {};
  }
}

export function errorDocument(error: ScimError): ErrorDocument {
  return {
    schemas: [ERROR_SCHEMA],
    status: String(error.status),
    ...defined({ scimType: error.scimType }),
    detail: error.message,
  };
}

/** 400 with its keyword: what is wrong with the request itself. */
export function badRequest(scimType: ScimType, detail: string): ScimError {
  return new ScimError(400, detail, { scimType });
}

/** Unknown, deleted and foreign ids answer alike. */
export function notFound(resourceType: string, id: string): ScimError {
  return new ScimError(404, `${resourceType} ${quoted(id)} not found in this directory.`);
}

/** A value for an error text: short, and on one line. */
export function quoted(value: string): string {
  return JSON.stringify(value.length > 80 ? `${cutText(value, 80)}…` : value);
}
