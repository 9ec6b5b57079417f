import { type Endpoint, organizationEndpoint, setupLinkEndpoint } from "../../api/endpoint.ts";
import { pageOf, pageQuery } from "../../api/page.ts";
import { createdSetupLink, newSetupLink, newSetupProgress, setup, setupLink } from "./schema.ts";
import { createSetupLink, listSetupLinks, readSetup, revokeSetupLink, saveSetupProgress } from "./store.ts";

const tag = "Setup links";

export const setupLinkEndpoints: readonly Endpoint[] = [
  organizationEndpoint({
    operationId: "createSetupLink",
    method: "post",
    path: "/organizations/{org}/setup-links",
    permission: "setup_links.write",
    tag,
    summary: "Make a link by which the customer's IdP admin sets up what its intents name",
    description: "It may do no more than its creator.",
    body: newSetupLink,
    status: 201,
    reply: createdSetupLink,
    errors: ["connection_not_found"],
    handle: (call) => createSetupLink(call, call.body),
  }),
  organizationEndpoint({
    operationId: "listSetupLinks",
    method: "get",
    path: "/organizations/{org}/setup-links",
    permission: "setup_links.read",
    tag,
    summary: "List the setup links, newest first, revoked and expired ones too",
    query: pageQuery,
    status: 200,
    reply: pageOf(setupLink),
    handle: (call) => listSetupLinks(call, call.query),
  }),
  organizationEndpoint({
    operationId: "revokeSetupLink",
    method: "delete",
    path: "/organizations/{org}/setup-links/{setupLinkId}",
    permission: "setup_links.write",
    tag,
    summary: "Revoke a setup link",
    status: 204,
    handle: (call) => revokeSetupLink(call, call.params.setupLinkId),
  }),
  setupLinkEndpoint({
    operationId: "getSetup",
    method: "get",
    path: "/setup",
    permission: "organization.read",
    tag,
    summary: "What the caller's own setup link is for, and how far its page has come",
    status: 200,
    reply: setup,
    handle: (call) => readSetup(call, call.link),
  }),
  setupLinkEndpoint({
    operationId: "saveSetupProgress",
    method: "put",
    path: "/setup/progress",
    permission: "organization.read",
    tag,
    summary: "Remember how far the page of the caller's own setup link has come",
    body: newSetupProgress,
    status: 204,
    handle: (call) => saveSetupProgress(call, call.link, call.body),
  }),
];
