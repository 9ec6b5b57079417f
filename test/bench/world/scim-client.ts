import { z } from "zod";
import { type Answer, type Call, expectStatus, type Http } from "./http.ts";
import type { Directory } from "./management.ts";

const created = z.object({ id: z.string() });
const list = z.object({ totalResults: z.number() });

/** A SCIM client of one directory. Rejects what is not answered as it should be. */
export interface ScimClient {
  createUser(userName: string): Promise<{ id: string }>;
  setActive(id: string, active: boolean): Promise<void>;
  /** Without members. */
  createGroup(displayName: string): Promise<{ id: string }>;
  /** How many users have that name. */
  findByUserName(userName: string): Promise<number>;
  addMembers(groupId: string, userIds: readonly string[]): Promise<void>;
  removeMember(groupId: string, userId: string): Promise<void>;
}

export function connectScim(http: Http, directory: Directory): ScimClient {
  const send = (method: Call["method"], path: string, body?: object): Promise<Answer> =>
    http.send(`${directory.baseUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${directory.token}`,
        accept: "application/scim+json",
        ...(body === undefined ? {} : { "content-type": "application/scim+json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const create = async (path: string, body: object) =>
    created.parse(JSON.parse(expectStatus(await send("POST", path, body), 201, `POST ${path}`)));
  const patch = async (path: string, operation: object) => {
    const answer = await send("PATCH", path, {
      schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
      Operations: [operation],
    });
    // 200 with the group or 204 without: the server's choice (RFC 7644, 3.5.2).
    if (answer.status !== 204) expectStatus(answer, 200, `PATCH ${path}`);
  };

  return {
    createUser: (userName) => create("/Users", userResource(userName)),
    setActive: (id, active) => patch(`/Users/${id}`, { op: "replace", value: { active } }),
    createGroup: (displayName) =>
      create("/Groups", {
        schemas: ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        displayName,
        members: [],
      }),
    async findByUserName(userName) {
      const filter = encodeURIComponent(`userName eq "${userName}"`);
      const path = `/Users?filter=${filter}&startIndex=1&count=100`;
      return list.parse(JSON.parse(expectStatus(await send("GET", path), 200, "GET /Users"))).totalResults;
    },
    addMembers: (groupId, userIds) =>
      patch(`/Groups/${groupId}`, { op: "add", path: "members", value: userIds.map((value) => ({ value })) }),
    removeMember: (groupId, userId) =>
      patch(`/Groups/${groupId}`, { op: "remove", path: `members[value eq "${userId}"]` }),
  };
}

/** A user as Okta's provisioning sends it. */
function userResource(userName: string): object {
  const [local = ""] = userName.split("@");
  return {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
    userName,
    name: { givenName: local, familyName: "Example" },
    emails: [{ primary: true, value: userName, type: "work" }],
    displayName: `${local} Example`,
    locale: "en-US",
    externalId: `external-${local}`,
    groups: [],
    active: true,
  };
}
