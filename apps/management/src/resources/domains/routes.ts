import { type Endpoint, organizationEndpoint } from "../../api/endpoint.ts";
import { pageOf, pageQuery } from "../../api/page.ts";
import { domain, newDomain } from "./schema.ts";
import { addDomain, listDomains, removeDomain, verifyDomain } from "./store.ts";

const tag = "Domains";

export const domainEndpoints: readonly Endpoint[] = [
  organizationEndpoint({
    operationId: "addDomain",
    method: "post",
    path: "/organizations/{org}/domains",
    permission: "domains.write",
    tag,
    summary: "Add an email domain",
    description:
      "A key without an organization speaks for the operator: the domain is verified, also when the organization had it unverified. With an organization's own key it stays unverified until its record is seen: the gateway looks for it by itself for a week.",
    body: newDomain,
    status: 201,
    reply: domain,
    errors: ["domain_exists", "domain_taken", "domains_too_many"],
    handle: (call) => addDomain(call, call.organization.id, call.body.name),
  }),
  organizationEndpoint({
    operationId: "verifyDomain",
    method: "post",
    path: "/organizations/{org}/domains/{domainId}/verify",
    permission: "domains.write",
    tag,
    summary: "Verify a domain by the TXT record that its DNS holds",
    description: "Which record that is, the domain shows as `record`. It may go once the domain is verified.",
    status: 200,
    reply: domain,
    errors: ["domain_record_missing", "domain_unavailable", "domain_taken", "changed_meanwhile"],
    handle: (call) => verifyDomain(call, call.organization.id, call.params.domainId),
  }),
  organizationEndpoint({
    operationId: "listDomains",
    method: "get",
    path: "/organizations/{org}/domains",
    permission: "domains.read",
    tag,
    summary: "List the organization's email domains",
    query: pageQuery,
    status: 200,
    reply: pageOf(domain),
    handle: (call) => listDomains(call, call.organization.id, call.query),
  }),
  organizationEndpoint({
    operationId: "removeDomain",
    method: "delete",
    path: "/organizations/{org}/domains/{domainId}",
    permission: "domains.write",
    tag,
    summary: "Remove an email domain",
    status: 204,
    handle: (call) => removeDomain(call, call.organization.id, call.params.domainId),
  }),
];
