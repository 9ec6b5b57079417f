/** One field that was refused: where it stands, as a path ("saml.metadataXml"), and what is wrong with it. */
export interface ProblemField {
  readonly field: string;
  readonly message: string;
}

/** RFC 9457, with a stable `code` to program against and the id under which the logs know the request. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly ProblemField[];
  readonly requestId?: string;
}

/** A failure that the caller may read. Everything else that is thrown answers 500 with no detail. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly errors: readonly ProblemField[];

  /**
   * @param code stable, snake_case: "organization_not_found"
   * @param detail what happened and what to do, for a person
   */
  constructor(
    status: number,
    code: string,
    detail: string,
    options: { readonly errors?: readonly ProblemField[]; readonly cause?: unknown } = {},
  ) {
    super(detail, { cause: options.cause });
    this.name = "Problem";
    this.status = status;
    this.code = code;
    this.errors = options.errors ?? [];
  }
}

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  413: "Content Too Large",
  410: "Gone",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

export function problemDocument(problem: Problem, requestId: string): ProblemDocument {
  return {
    type: "about:blank",
    title: TITLES[problem.status] ?? "Error",
    status: problem.status,
    code: problem.code,
    detail: problem.message,
    ...(problem.errors.length === 0 ? {} : { errors: problem.errors }),
    requestId,
  };
}
