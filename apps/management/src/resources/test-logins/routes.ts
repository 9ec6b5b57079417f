import { createTestLogin, findTestLogin } from "@sallyport/login-records";
import { type Endpoint, organizationEndpoint } from "../../api/endpoint.ts";
import { problem } from "../../errors.ts";
import { getConnection } from "../connections/store.ts";
import { testLoginLink } from "./link.ts";
import { createdTestLogin, testLogin, testLoginView } from "./schema.ts";

const tag = "Connections";

export const testLoginEndpoints: readonly Endpoint[] = [
  organizationEndpoint({
    operationId: "createTestLogin",
    method: "post",
    path: "/organizations/{org}/connections/{connectionId}/test-logins",
    permission: "connections.write",
    tag,
    summary: "Try a connection out: a login that signs nobody in",
    description: "The connection need not be active. The link works for a day, and may be opened again.",
    status: 201,
    reply: createdTestLogin,
    handle: async (call) => {
      const { deps, organization, params } = call;
      await getConnection(call, organization.id, params.connectionId);
      const key = { organizationId: organization.id, connectionId: params.connectionId };
      return testLoginLink(await createTestLogin(deps.database.sql, key, deps.now()), deps);
    },
  }),
  organizationEndpoint({
    operationId: "getTestLogin",
    method: "get",
    path: "/organizations/{org}/connections/{connectionId}/test-logins/{testLoginId}",
    permission: "connections.read",
    tag,
    summary: "How a test of a connection went",
    status: 200,
    reply: testLogin,
    handle: async ({ deps, organization, params }) => {
      const test = await findTestLogin(deps.database.sql, {
        organizationId: organization.id,
        connectionId: params.connectionId,
        id: params.testLoginId,
      });
      if (test === null) {
        throw problem("test_login_not_found");
      }
      return testLoginView(test);
    },
  }),
];
