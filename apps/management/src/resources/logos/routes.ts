import { type Endpoint, organizationEndpoint } from "../../api/endpoint.ts";
import { logo, newLogo } from "./schema.ts";
import { getLogo, removeLogo, setLogo } from "./store.ts";

const tag = "Organizations";
const path = "/organizations/{org}/logo";

export const logoEndpoints: readonly Endpoint[] = [
  organizationEndpoint({
    operationId: "getLogo",
    method: "get",
    path,
    permission: "organization.read",
    tag,
    summary: "Get the organization's logo",
    status: 200,
    reply: logo,
    errors: ["logo_not_found"],
    handle: (call) => getLogo(call, call.organization.id),
  }),
  organizationEndpoint({
    operationId: "setLogo",
    method: "put",
    path,
    permission: "organization.write",
    tag,
    summary: "Give the organization a logo",
    description:
      "Setup pages and sign-in pages show it. The logo of the operators' organization represents the operator of the gateway.",
    body: newLogo,
    status: 200,
    reply: logo,
    errors: ["image_unusable"],
    handle: (call) => setLogo(call, call.organization.id, call.body.image),
  }),
  organizationEndpoint({
    operationId: "removeLogo",
    method: "delete",
    path,
    permission: "organization.write",
    tag,
    summary: "Remove the organization's logo",
    status: 204,
    errors: ["logo_not_found"],
    handle: (call) => removeLogo(call, call.organization.id),
  }),
];
