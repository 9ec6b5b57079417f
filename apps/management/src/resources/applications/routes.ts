import { type Endpoint, gatewayEndpoint } from "../../api/endpoint.ts";
import { pageOf, pageQuery } from "../../api/page.ts";
import {
  application,
  applicationPatch,
  createdApplication,
  newApplication,
  rotatedSecret,
} from "./schema.ts";
import {
  createApplication,
  deleteApplication,
  getApplication,
  listApplications,
  rotateClientSecret,
  updateApplication,
} from "./store.ts";

const tag = "Applications";

export const applicationEndpoints: readonly Endpoint[] = [
  gatewayEndpoint({
    operationId: "createApplication",
    method: "post",
    path: "/applications",
    tag,
    summary: "Register an internal app as a client of the OpenID Provider",
    body: newApplication,
    status: 201,
    reply: createdApplication,
    handle: (call) => createApplication(call, call.body),
  }),
  gatewayEndpoint({
    operationId: "listApplications",
    method: "get",
    path: "/applications",
    tag,
    summary: "List the applications",
    query: pageQuery,
    status: 200,
    reply: pageOf(application),
    handle: (call) => listApplications(call, call.query),
  }),
  gatewayEndpoint({
    operationId: "getApplication",
    method: "get",
    path: "/applications/{applicationId}",
    tag,
    summary: "Get an application",
    status: 200,
    reply: application,
    handle: (call) => getApplication(call, call.params.applicationId),
  }),
  gatewayEndpoint({
    operationId: "updateApplication",
    method: "patch",
    path: "/applications/{applicationId}",
    tag,
    summary: "Change an application",
    body: applicationPatch,
    status: 200,
    reply: application,
    handle: (call) => updateApplication(call, call.params.applicationId, call.body),
  }),
  gatewayEndpoint({
    operationId: "rotateApplicationSecret",
    method: "post",
    path: "/applications/{applicationId}/rotate-secret",
    tag,
    summary: "Replace the client secret; the old one ends at once",
    status: 200,
    reply: rotatedSecret,
    errors: ["application_public"],
    handle: (call) => rotateClientSecret(call, call.params.applicationId),
  }),
  gatewayEndpoint({
    operationId: "deleteApplication",
    method: "delete",
    path: "/applications/{applicationId}",
    tag,
    summary: "Delete an application",
    status: 204,
    handle: (call) => deleteApplication(call, call.params.applicationId),
  }),
];
