import { type Answer, type Call, expectStatus, type Http } from "@sallyport/testing-browser";
import { z } from "zod";
import type { Directory } from "./management.ts";

const created = z.object({ id: z.string() });
const list = z.object({ totalResults: z.number() });
const page = z.object({ nextCursor: z.string().optional(), Resources: z.array(z.unknown()) });

export interface GroupMember {
  readonly value: string;
  readonly display: string;
}

/** A SCIM client of one directory. Rejects what is not answered as it should be. */
export interface ScimClient {
  createUser(userName: string): Promise<{ id: string }>;
  /** How many users a page has, and the cursor of the next; the first page has the cursor "" (RFC 9865). */
  listUsers(cursor: string, count: number): Promise<{ users: number; nextCursor: string | undefined }>;
  setActive(id: string, active: boolean): Promise<void>;
  /** Without members. */
  createGroup(displayName: string): Promise<{ id: string }>;
  /** How many users have that name. */
  findByUserName(userName: string): Promise<number>;
  addMembers(groupId: string, userIds: readonly string[]): Promise<void>;
  /** Puts a group as a whole. */
  replaceGroup(groupId: string, displayName: string, members: readonly GroupMember[]): Promise<void>;
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
  const get = async (path: string): Promise<unknown> =>
    JSON.parse(expectStatus(await send("GET", path), 200, `GET ${path}`));
  const create = async (path: string, body: object) =>
    created.parse(JSON.parse(expectStatus(await send("POST", path, body), 201, `POST ${path}`)));
  const patch = async (path: string, operation: object) => {
    const answer = await send("PATCH", path, {
      schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
      Operations: [operation],
    });
    // 200 with the group or 204 without: the server's choice (RFC 7644, 3.5.2).
    if (answer.status !== 204) {
      expectStatus(answer, 200, `PATCH ${path}`);
    }
  };

  return {
    createUser: (userName) => create("/Users", userResource(userName)),
    async findByUserName(userName) {
      const filter = encodeURIComponent(`userName eq "${userName}"`);
      return list.parse(await get(`/Users?filter=${filter}&startIndex=1&count=100`)).totalResults;
    },
    async listUsers(cursor, count) {
      const { nextCursor, Resources } = page.parse(
        await get(`/Users?cursor=${encodeURIComponent(cursor)}&count=${count}`),
      );
      return { users: Resources.length, nextCursor };
    },
    setActive: (id, active) => patch(`/Users/${id}`, { op: "replace", value: { active } }),
    createGroup: (displayName) => create("/Groups", groupResource(displayName, [])),
    async replaceGroup(groupId, displayName, members) {
      const path = `/Groups/${groupId}`;
      expectStatus(await send("PUT", path, groupResource(displayName, members)), 200, `PUT ${path}`);
    },
    addMembers: (groupId, userIds) =>
      patch(`/Groups/${groupId}`, { op: "add", path: "members", value: userIds.map((value) => ({ value })) }),
    removeMember: (groupId, userId) =>
      patch(`/Groups/${groupId}`, { op: "remove", path: `members[value eq "${userId}"]` }),
  };
}

function groupResource(displayName: string, members: readonly GroupMember[]): object {
  return { schemas: ["urn:ietf:params:scim:schemas:core:2.0:Group"], displayName, members };
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
