import type { Directory } from "../../directory/directory.ts";
import { notFound, ScimError } from "../../protocol/error.ts";
import type { ScimRequest, ScimResponse } from "../../protocol/exchange.ts";
import type { Json, JsonObject } from "../../protocol/json.ts";
import { MAX_BULK_BYTES, MAX_BULK_OPERATIONS } from "../../protocol/limits.ts";
import { DEFAULT_PAGE, MAX_PAGE } from "../../protocol/list-query.ts";
import type { Attribute, Schema } from "../../schema/attribute.ts";
import type { ResourceType } from "../../schema/resource-type.ts";
import type { Services } from "../services.ts";

const LIST_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

const BASIC = {
  type: "httpbasic",
  name: "HTTP Basic",
  description: "Any user name, with a token of this directory as the password.",
  specUri: "https://www.rfc-editor.org/info/rfc7617",
};

/** GET /ServiceProviderConfig (RFC 7643 §5, RFC 9865 §3): what this server really does. */
export function serviceProviderConfig(services: Services, request: ScimRequest): ScimResponse {
  refuseFilter(request);
  return {
    status: 200,
    body: {
      schemas: ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
      patch: { supported: true },
      bulk: { supported: true, maxOperations: MAX_BULK_OPERATIONS, maxPayloadSize: MAX_BULK_BYTES },
      filter: { supported: true, maxResults: MAX_PAGE },
      changePassword: { supported: false },
      sort: { supported: true },
      etag: { supported: true },
      pagination: {
        cursor: true,
        index: true,
        defaultPaginationMethod: "index",
        defaultPageSize: DEFAULT_PAGE,
        maxPageSize: MAX_PAGE,
      },
      authenticationSchemes: [
        {
          type: "oauthbearertoken",
          name: "Bearer token",
          description: "A token of this directory, as an OAuth 2.0 bearer token.",
          specUri: "https://www.rfc-editor.org/info/rfc6750",
          primary: true,
        },
        {
          type: "oauth2",
          name: "OAuth 2.0 client credentials",
          description: `Access tokens for a client of this directory (RFC 6749, 4.4), from ${services.baseUrl}/${request.directory.id}/oauth2/token`,
          specUri: "https://www.rfc-editor.org/info/rfc6749",
        },
        ...(request.directory.basicAuthentication ? [BASIC] : []),
      ],
      meta: meta(services, request.directory, "ServiceProviderConfig", "ServiceProviderConfig"),
    },
  };
}

/** GET /ResourceTypes (RFC 7643 §6). */
export function resourceTypes(services: Services, request: ScimRequest): ScimResponse {
  refuseFilter(request);
  return listOf(allTypes(services, request.directory));
}

/** GET /ResourceTypes/{name} */
export function resourceTypeByName(services: Services, request: ScimRequest, name: string): ScimResponse {
  refuseFilter(request);
  const found = allTypes(services, request.directory).find(
    (type) => String(type.id).toLowerCase() === name.toLowerCase(),
  );
  if (found === undefined) {
    throw notFound("ResourceType", name);
  }
  return { status: 200, body: found };
}

/** GET /Schemas (RFC 7643 §7), from the definition that parser, PATCH, filters and SQL work by. */
export function schemas(services: Services, request: ScimRequest): ScimResponse {
  refuseFilter(request);
  return listOf(allSchemas(services, request.directory));
}

/** GET /Schemas/{urn} */
export function schemaById(services: Services, request: ScimRequest, id: string): ScimResponse {
  refuseFilter(request);
  const found = allSchemas(services, request.directory).find(
    (candidate) => String(candidate.id).toLowerCase() === id.toLowerCase(),
  );
  if (found === undefined) {
    throw notFound("Schema", id);
  }
  return { status: 200, body: found };
}

function allTypes(services: Services, directory: Directory): JsonObject[] {
  return [directory.users, directory.groups].map((type) => renderType(services, directory, type));
}

function allSchemas(services: Services, directory: Directory): JsonObject[] {
  return [directory.users, directory.groups]
    .flatMap((type) => [type.schema, ...type.extensions])
    .map((each) => renderSchema(services, directory, each));
}

// RFC 7644 §4: a filter here "SHOULD" answer 403.
function refuseFilter({ query }: ScimRequest): void {
  if (query.has("filter")) {
    throw new ScimError(403, "Filters are not supported on discovery endpoints.");
  }
}

function listOf(resources: JsonObject[]): ScimResponse {
  return {
    status: 200,
    body: {
      schemas: [LIST_SCHEMA],
      totalResults: resources.length,
      startIndex: 1,
      itemsPerPage: resources.length,
      Resources: resources,
    },
  };
}

function renderType(services: Services, directory: Directory, type: ResourceType): JsonObject {
  return {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
    id: type.name,
    name: type.name,
    endpoint: `/${type.endpoint}`,
    description: type.description,
    schema: type.schema.id,
    schemaExtensions: type.extensions.map((extension) => ({
      schema: extension.id,
      required: false,
    })),
    meta: meta(services, directory, "ResourceType", `ResourceTypes/${type.name}`),
  };
}

function renderSchema(services: Services, directory: Directory, schema: Schema): JsonObject {
  return {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
    id: schema.id,
    name: schema.name,
    description: schema.description,
    attributes: schema.attributes.map(renderAttribute),
    meta: meta(services, directory, "Schema", `Schemas/${schema.id}`),
  };
}

function renderAttribute(attribute: Attribute): Json {
  const { name, type, multiValued, description, required, caseExact, mutability, returned, uniqueness } =
    attribute;
  return {
    name,
    type,
    multiValued,
    description,
    required,
    ...(type === "complex" ? {} : { caseExact }),
    mutability,
    returned,
    uniqueness,
    ...(attribute.canonicalValues === undefined ? {} : { canonicalValues: [...attribute.canonicalValues] }),
    ...(attribute.referenceTypes === undefined ? {} : { referenceTypes: [...attribute.referenceTypes] }),
    ...(type === "complex" ? { subAttributes: attribute.subAttributes.map(renderAttribute) } : {}),
  };
}

function meta(services: Services, directory: Directory, resourceType: string, path: string): JsonObject {
  return { resourceType, location: `${services.baseUrl}/${directory.id}/${path}` };
}
