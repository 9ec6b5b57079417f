import createClient from "openapi-fetch";
import type { components, paths } from "./schema.d.ts";

export type Schemas = components["schemas"];
export type Setup = Schemas["Setup"];

/** What the gateway said, where it refused: to be shown, with the request's id. */
export class ApiProblem extends Error {
  readonly code: string;
  readonly status: number;
  readonly requestId: string | undefined;
  readonly fields: readonly { readonly field: string; readonly message: string }[];

  constructor(status: number, body: unknown) {
    const problem = typeof body === "object" && body !== null ? (body as Partial<Schemas["Problem"]>) : {};
    // Of one field the field's own message says it without the path, which the page does not show.
    const [only, ...others] = problem.errors ?? [];
    const said = only !== undefined && others.length === 0 ? only.message : problem.detail;
    super(said ?? `The gateway answered ${status}.`);
    this.status = status;
    this.code = problem.code ?? "unknown";
    this.requestId = problem.requestId;
    this.fields = problem.errors ?? [];
  }
}

/** A client for the holder of a setup link. The token goes along as a bearer token: no cookie, so nothing to forge. */
export function createApi(token: string) {
  return createClient<paths>({ baseUrl: "/api/v1", headers: { authorization: `Bearer ${token}` } });
}

export type Api = ReturnType<typeof createApi>;

/** The data of an answer. Throws `ApiProblem`. */
export async function dataOf<Data>(
  answer: Promise<{ data?: Data; error?: unknown; response: Response }>,
): Promise<Data> {
  const { data, error, response } = await answer;
  if (!response.ok) {
    throw new ApiProblem(response.status, error);
  }
  return data as Data;
}
