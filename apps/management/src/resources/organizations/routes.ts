import { type Endpoint, gatewayEndpoint, keyedEndpoint, organizationEndpoint } from "../../api/endpoint.ts";
import { pageOf, pageQuery } from "../../api/page.ts";
import { newOrganization, organization, organizationPatch, signInPlan, signInPlanQuery } from "./schema.ts";
import {
  createOrganization,
  deleteOrganization,
  getOrganization,
  listOrganizations,
  planSignIn,
  updateOrganization,
} from "./store.ts";

const tag = "Organizations";

export const organizationEndpoints: readonly Endpoint[] = [
  gatewayEndpoint({
    operationId: "createOrganization",
    method: "post",
    path: "/organizations",
    tag,
    summary: "Create an organization, with the roles `member` and `admin`",
    body: newOrganization,
    status: 201,
    reply: organization,
    errors: ["slug_taken", "slug_reserved", "domain_taken"],
    handle: (call) => createOrganization(call, call.body),
  }),
  keyedEndpoint({
    operationId: "listOrganizations",
    method: "get",
    path: "/organizations",
    tag,
    summary: "List the organizations that the key reaches",
    query: pageQuery,
    status: 200,
    reply: pageOf(organization),
    handle: (call) => listOrganizations(call, call.query),
  }),
  organizationEndpoint({
    operationId: "getOrganization",
    method: "get",
    path: "/organizations/{org}",
    tag,
    summary: "Get an organization",
    status: 200,
    reply: organization,
    handle: (call) => getOrganization(call, call.organization.id),
  }),
  organizationEndpoint({
    operationId: "updateOrganization",
    method: "patch",
    path: "/organizations/{org}",
    tag,
    summary: "Change an organization's name, slug or rules",
    body: organizationPatch,
    status: 200,
    reply: organization,
    errors: ["slug_taken", "slug_reserved", "key_scope_insufficient", "locked_out_changed"],
    handle: (call) => updateOrganization(call, call.organization.id, call.body),
  }),
  organizationEndpoint({
    operationId: "planSignInPolicy",
    method: "get",
    path: "/organizations/{org}/sign-in-policy/plan",
    tag,
    summary: "Tell who could sign in no longer with `signIn: directory`",
    description: "By the very rule that a sign-in follows. Changes nothing.",
    query: signInPlanQuery,
    status: 200,
    reply: signInPlan,
    handle: (call) => planSignIn(call, call.organization.id, call.query),
  }),
  gatewayEndpoint({
    operationId: "deleteOrganization",
    method: "delete",
    path: "/organizations/{org}",
    tag,
    summary: "Delete an organization and everything in it",
    description:
      "Its tokens are no longer good from this moment. Its applications' own sessions end when they next ask the gateway: nobody is left to send them a back-channel logout.",
    status: 204,
    errors: ["organization_not_found"],
    handle: (call) => deleteOrganization(call, call.params.org),
  }),
];
