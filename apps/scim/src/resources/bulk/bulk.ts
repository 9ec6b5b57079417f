import { isUnavailable } from "@sallyport/outage";
import { badRequest, ScimError } from "../../protocol/error.ts";
import type { ScimRequest, ScimResponse } from "../../protocol/exchange.ts";
import type { JsonObject } from "../../protocol/json.ts";
import { inSlices } from "../../protocol/slices.ts";
import * as groups from "../groups/groups.ts";
import { locationOf, type Services } from "../services.ts";
import * as users from "../users/users.ts";
import { type BulkOperation, parseBulk } from "./operations.ts";
import { idsIn, referencesIn, withIds } from "./references.ts";

const RESPONSE_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";
const RESOURCES = { Users: users, Groups: groups } as const;

/** What became of a thrown error: an answer of its own, as for a request of its own. */
export type Failure = (error: unknown) => ScimResponse;

/**
 * POST /Bulk (RFC 7644 §3.7). Each operation is a transaction of its own, in the order given, but that an operation
 * that others refer to by bulkId comes before them.
 * @param charge counts operations against the directory's rate limit
 */
export async function bulk(
  services: Services,
  request: ScimRequest,
  failure: Failure,
  charge: (operations: number) => void,
): Promise<ScimResponse> {
  const { operations, failOnErrors } = parseBulk(request.body);
  charge(operations.length);
  const run = new BulkRun(services, request, operations, failure);
  for (let index = 0; index < operations.length && run.errors < failOnErrors; index += 1) {
    await run.perform(index);
  }
  if (run.outage !== undefined && run.errors === run.answers().length) {
    throw run.outage;
  }
  return { status: 200, body: { schemas: [RESPONSE_SCHEMA], Operations: run.answers() } };
}

class BulkRun {
  readonly #services: Services;
  readonly #request: ScimRequest;
  readonly #operations: readonly (BulkOperation | ScimError)[];
  readonly #failure: Failure;
  readonly #creators: ReadonlyMap<string, number>;
  readonly #ids = new Map<string, string>();
  readonly #answers = new Map<number, JsonObject>();
  readonly #begun = new Set<number>();
  errors = 0;
  /** What was thrown when a server was found to be away: what is left would only find the same, one after the other. */
  outage: unknown;

  constructor(
    services: Services,
    request: ScimRequest,
    operations: readonly (BulkOperation | ScimError)[],
    failure: Failure,
  ) {
    this.#services = services;
    this.#request = request;
    this.#operations = operations;
    this.#failure = failure;
    const creators = new Map<string, number>();
    for (const [index, operation] of operations.entries()) {
      if (
        !(operation instanceof ScimError) &&
        operation.method === "POST" &&
        operation.bulkId !== undefined
      ) {
        creators.set(operation.bulkId, index);
      }
    }
    this.#creators = creators;
  }

  answers(): JsonObject[] {
    return [...this.#answers].sort(([left], [right]) => left - right).map(([, answer]) => answer);
  }

  async perform(index: number): Promise<void> {
    const operation = this.#operations[index];
    if (operation === undefined || this.#begun.has(index)) {
      return;
    }
    this.#begun.add(index);
    let response: ScimResponse;
    try {
      if (operation instanceof ScimError) {
        throw operation;
      }
      if (this.outage !== undefined) {
        throw this.outage;
      }
      response = await this.#resolved(operation);
    } catch (error) {
      if (isUnavailable(error)) {
        this.outage = error;
      }
      response = this.#failure(error);
    }
    if (response.status >= 400) {
      this.errors += 1;
    }
    this.#answers.set(index, this.#answer(operation, response));
  }

  async #resolved(operation: BulkOperation): Promise<ScimResponse> {
    const references = await inSlices(referencesIn([operation.data, operation.id]));
    for (const bulkId of references) {
      await this.#require(bulkId);
    }
    const { method, endpoint, version } = operation;
    const id = this.#idOf(operation);
    const inner: ScimRequest = {
      ...this.#request,
      method,
      path: `/${endpoint}${id === "" ? "" : `/${id}`}`,
      query: new URLSearchParams(),
      ifMatch: version,
      ifNoneMatch: undefined,
      body: await inSlices(withIds(operation.data, this.#ids)),
      startedAt: performance.now(),
    };
    const response = await send(this.#services, RESOURCES[endpoint], inner, id);
    const created = response.body?.id;
    if (method === "POST" && operation.bulkId !== undefined && typeof created === "string") {
      this.#ids.set(operation.bulkId, created);
    }
    return response;
  }

  #idOf({ id = "" }: BulkOperation): string {
    return id.startsWith("bulkId:") ? idsIn(id, this.#ids) : id;
  }

  /** Makes the resource of a bulkId, if it is not made yet. */
  async #require(bulkId: string): Promise<void> {
    const creator = this.#creators.get(bulkId);
    if (creator === undefined) {
      throw badRequest(
        "invalidValue",
        `No POST of this bulk request has the bulkId ${JSON.stringify(bulkId)}.`,
      );
    }
    if (this.#begun.has(creator) && !this.#answers.has(creator)) {
      throw new ScimError(
        409,
        `The bulkId ${JSON.stringify(bulkId)} refers back to itself: create first, then link.`,
      );
    }
    await this.perform(creator);
    if (!this.#ids.has(bulkId)) {
      throw new ScimError(409, `The operation with the bulkId ${JSON.stringify(bulkId)} has failed.`);
    }
  }

  #answer(operation: BulkOperation | ScimError, response: ScimResponse): JsonObject {
    const failed = response.status >= 400;
    const answer: JsonObject = { status: String(response.status) };
    if (!(operation instanceof ScimError)) {
      answer.method = operation.method;
      if (operation.bulkId !== undefined) {
        answer.bulkId = operation.bulkId;
      }
      const id = response.body?.id ?? this.#idOf(operation);
      if (typeof id === "string" && id !== "") {
        answer.location = locationOf(this.#services, this.#request.directory, operation.endpoint, id);
      }
      const version = response.headers?.ETag;
      if (!failed && version !== undefined) {
        answer.version = version;
      }
    }
    if (failed && response.body !== undefined) {
      answer.response = response.body;
    }
    return answer;
  }
}

function send(
  services: Services,
  resource: (typeof RESOURCES)[keyof typeof RESOURCES],
  request: ScimRequest,
  id: string,
): Promise<ScimResponse> {
  switch (request.method) {
    case "POST":
      return resource.create(services, request);
    case "PUT":
      return resource.replace(services, request, id);
    case "PATCH":
      return resource.patch(services, request, id);
    default:
      return resource.remove(services, request, id);
  }
}
