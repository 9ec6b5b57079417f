import { requestVerification, runVerifications, sealTrails } from "@sallyport/audit-trail";
import { parseConnectionSettings } from "@sallyport/connections";
import { changesOf, digestOf, readMetadata } from "@sallyport/connections/idp-metadata";
import { newId } from "@sallyport/database";
import { fillOutbox } from "@sallyport/events";
import { storeIdentifiers } from "@sallyport/people/testing";
import { createTestIdp } from "@sallyport/saml/testing";
import { digestToken, newToken } from "@sallyport/secrets";
import { createStream, type StreamSettings, SUPPORTED } from "@sallyport/shared-signals";
import { insertDelivery } from "@sallyport/webhooks/testing";
import { createdApiKey } from "../resources/api-keys/schema.ts";
import { createdApplication } from "../resources/applications/schema.ts";
import { auditStream } from "../resources/audit-streams/schema.ts";
import { connectionKey } from "../resources/connection-keys/schema.ts";
import { connection } from "../resources/connections/schema.ts";
import { createdDirectory, createdDirectoryClient } from "../resources/directories/schema.ts";
import { domain } from "../resources/domains/schema.ts";
import { member } from "../resources/members/schema.ts";
import { organization } from "../resources/organizations/schema.ts";
import { role } from "../resources/roles/schema.ts";
import { createdSetupLink } from "../resources/setup-links/schema.ts";
import { rotated } from "../resources/signing-keys/schema.ts";
import { createdTestLogin } from "../resources/test-logins/schema.ts";
import { createdWebhookEndpoint } from "../resources/webhook-endpoints/schema.ts";
import type { TestApi } from "./api.ts";

/** An organization with one of everything, by the names of the path parameters. */
export interface World {
  readonly org: string;
  readonly organizationId: string;
  readonly domainId: string;
  readonly connectionId: string;
  /** The one that signs. */
  readonly connectionKeyId: string;
  readonly directoryId: string;
  readonly scimRequestId: string;
  readonly directoryUserId: string;
  readonly tokenId: string;
  readonly clientId: string;
  readonly roleId: string;
  readonly memberId: string;
  readonly userId: string;
  /** Between the member and another user. */
  readonly conflictId: string;
  /** Of the member. */
  readonly heldChangeId: string;
  readonly sessionId: string;
  readonly recordId: string;
  readonly applicationId: string;
  /** Of the application. */
  readonly signalStreamId: string;
  readonly keyId: string;
  readonly testLoginId: string;
  readonly setupLinkId: string;
  /** Of the setup link. */
  readonly setupToken: string;
  /** Of the organization. */
  readonly webhookEndpointId: string;
  readonly auditStreamId: string;
  readonly gatewayAuditStreamId: string;
  /** Given up. */
  readonly deliveryId: string;
  /** A slug that it had before. */
  readonly reservedSlugId: string;
  readonly kid: string;
  /** One that is sealed. */
  readonly auditEventId: string;
  /** Of the organization's trail, and of that of what belongs to none; both are finished. */
  readonly auditVerificationId: string;
  readonly gatewayVerificationId: string;
  /** Reaches this organization alone. */
  readonly key: string;
}

export const OIDC = {
  issuer: "https://idp.example.com",
  clientId: "gateway",
  clientSecret: "upstream-secret",
};

export const SAML = { metadataXml: createTestIdp().metadata() };

const changed = createTestIdp({ entityId: "https://idp.example.test/renamed" }).metadata();
const { facts } = readMetadata(changed, {
  entityId: undefined,
  certificates: undefined,
  allowSha1: false,
  now: new Date(),
});
/** What the metadata URL of the world's connection serves since: another IdP, and so a change that is held back. */
export const CHANGE = { metadata: changed, digest: digestOf(facts) };

/** Makes the world through the API, and what other apps write straight into the database. */
export async function createWorld(api: TestApi, org: string): Promise<World> {
  const { id: organizationId } = (
    await api.call("createOrganization", {
      body: { slug: `${org}-before`, name: org, domains: [`${org}.com`] },
    })
  ).as(organization);
  await api.call("updateOrganization", { params: { org: organizationId }, body: { slug: org } });
  const { id: reservedSlugId } = await api.deps.database.prisma.reservedSlug.findUniqueOrThrow({
    where: { slug: `${org}-before` },
  });
  const logo = { digest: "0".repeat(64), png: Buffer.from("a picture"), width: 3, height: 2 };
  await api.deps.database.prisma.logo.create({ data: { organizationId, ...logo, updatedAt: api.clock.now } });
  const post = (operationId: string, body: unknown) => api.call(operationId, { params: { org }, body });
  const { id: domainId } = (await post("addDomain", { name: `mail.${org}.com` })).as(domain);
  const signals = { issuer: api.transmitter };
  const { id: connectionId } = (
    await post("createConnection", { type: "saml", name: "IdP", saml: { ...SAML, signals } })
  ).as(connection);
  const { id: connectionKeyId } = (
    await api.call("createConnectionKey", { params: { org, connectionId } })
  ).as(connectionKey);
  // A draft that took the place of the settings, so that there is a way back, and another draft.
  const ofConnection = { params: { org, connectionId } };
  await api.call("saveConnectionDraft", { ...ofConnection, body: { saml: SAML } });
  await api.call("activateConnectionDraft", { ...ofConnection, body: { untested: true } });
  await followChange(api, connectionId);
  const stream = { mode: "push", accessToken: "given-by-the-transmitter" };
  await api.call("replaceConnectionSignalStream", { ...ofConnection, body: stream });
  await api.call("saveConnectionDraft", { ...ofConnection, body: { provider: "entra" } });
  const { id: directoryId } = (await post("createDirectory", { name: "Directory" })).as(createdDirectory);
  const { id: clientId } = (await api.call("createDirectoryClient", { params: { org, directoryId } })).as(
    createdDirectoryClient,
  );
  const { id: roleId } = (await post("createRole", { key: "editor", name: "Editor" })).as(role);
  const { id: memberId, userId } = (await post("addMember", { email: `ann@${org}.com`, name: "Ann" })).as(
    member,
  );
  const { id: applicationId } = (
    await api.call("createApplication", {
      body: { name: `${org} app`, redirectUris: ["https://app.example.com/callback"] },
    })
  ).as(createdApplication);
  const signalStreamId = await insertSignalStream(api, applicationId);
  const { id: keyId, key } = (
    await api.call("createApiKey", { body: { name: `${org} key`, organization: org } })
  ).as(createdApiKey);

  const { id: testLoginId } = (await api.call("createTestLogin", { params: { org, connectionId } })).as(
    createdTestLogin,
  );
  const { id: setupLinkId, url } = (await post("createSetupLink", { intents: ["sso"] })).as(createdSetupLink);

  const { id: webhookEndpointId } = (
    await api.call("createWebhookEndpoint", {
      body: { url: `https://hooks.${org}.com/events`, organization: org },
    })
  ).as(createdWebhookEndpoint);
  const deliveryId = await insertDelivery(api.deps.database, {
    endpointId: webhookEndpointId,
    organizationId,
  });

  const siem = { name: "SIEM", destination: { type: "http", url: "https://siem.example.com/in" } };
  const { id: auditStreamId } = (await post("createAuditStream", siem)).as(auditStream);
  const { id: gatewayAuditStreamId } = (await api.call("createGatewayAuditStream", { body: siem })).as(
    auditStream,
  );

  const { id: kid } = (await api.call("rotateSigningKeys")).as(rotated);

  const token = await api.deps.database.prisma.directoryToken.findFirstOrThrow({ where: { directoryId } });
  const ids = { organizationId, connectionId, userId };
  const sessionId = await insertSession(api, ids);
  const conflictId = await insertConflict(api, ids);
  const recordId = await insertLoginRecord(api, { ...ids, sessionId });
  const heldChangeId = await insertHeldChange(api, { ...ids, directoryId });
  const scimRequestId = await insertScimRequest(api, { organizationId, directoryId });
  const audit = await sealEvents(api, organizationId);
  const directoryUserId = newId();
  await api.deps.database.prisma.directoryUser.create({
    data: {
      ...{ id: directoryUserId, organizationId, directoryId, resource: {} },
      ...{ userName: `nobody@${org}.com`, userNameKey: `nobody@${org}.com` },
    },
  });
  return {
    org,
    ...ids,
    ...{
      scimRequestId,
      directoryUserId,
      connectionKeyId,
      conflictId,
      heldChangeId,
      domainId,
      directoryId,
      tokenId: token.id,
      clientId,
      roleId,
      memberId,
      applicationId,
      signalStreamId,
      keyId,
      testLoginId,
      setupLinkId,
      setupToken: url.slice(url.lastIndexOf("/") + 1),
      kid,
      key,
      reservedSlugId,
      webhookEndpointId,
      deliveryId,
      auditStreamId,
      gatewayAuditStreamId,
    },
    ...{ sessionId, recordId },
    ...audit,
  };
}

/** A polled stream, as an application makes it. */
export async function insertSignalStream(
  { deps }: TestApi,
  applicationId: string,
  more: Partial<StreamSettings> = {},
): Promise<string> {
  const settings = { delivery: { method: "poll" }, eventsRequested: SUPPORTED, ...more } as const;
  const stream = await createStream(
    deps,
    applicationId,
    { subjectFormat: "complex", description: null, ...settings },
    { actor: { type: "system" } },
  );
  if (stream === null) {
    throw new Error("The application has too many streams");
  }
  return stream.id;
}

/** Has the events so far numbered, sealed and verified. */
async function sealEvents({ deps }: TestApi, organizationId: string) {
  const { database, secrets, now } = deps;
  await fillOutbox(database);
  await sealTrails({
    database,
    secrets,
    now,
    onFailure: (_organizationId, error) => {
      throw error;
    },
  });
  const verify = async (id: string | null) =>
    (await database.transaction((sql) => requestVerification(sql, id))).verification.id;
  const auditVerificationId = await verify(organizationId);
  const gatewayVerificationId = await verify(null);
  await runVerifications({ database, secrets });
  const event = await database.prisma.event.findFirstOrThrow({ where: { organizationId } });
  return { auditEventId: event.id, auditVerificationId, gatewayVerificationId };
}

/** Has a connection follow the metadata of `CHANGE`, and holds that back. */
async function followChange(api: TestApi, connectionId: string): Promise<void> {
  const { prisma } = api.deps.database;
  const { organizationId, settings } = await prisma.connection.findUniqueOrThrow({
    where: { id: connectionId },
  });
  const current = parseConnectionSettings("saml", settings);
  await prisma.connection.update({
    where: { id: connectionId },
    data: { settings: { ...current, metadataUrl: api.idpMetadataUrl } },
  });
  const changes = changesOf(current, facts);
  await prisma.connectionMetadata.create({
    data: {
      ...{ connectionId, organizationId, dueAt: api.clock.now },
      problem: { code: "metadata_entity_changed", message: "…", fix: "…", since: new Date().toISOString() },
      held: { digest: CHANGE.digest, facts, changes: changes ?? {} },
    },
  });
}

export async function insertSession(
  api: TestApi,
  of: { readonly organizationId: string; readonly connectionId: string; readonly userId: string },
): Promise<string> {
  const now = api.clock.now;
  const { id } = await api.deps.database.prisma.session.create({
    data: {
      id: newId(),
      organizationId: of.organizationId,
      userId: of.userId,
      connectionId: of.connectionId,
      identityId: newId(),
      amr: ["pwd"],
      groups: [],
      authTime: now,
      expiresAt: new Date(now.getTime() + 3_600_000),
    },
  });
  return id;
}

export async function insertLoginRecord(
  api: TestApi,
  of: { readonly organizationId: string; readonly connectionId: string; readonly sessionId: string | null },
): Promise<string> {
  const { id } = await api.deps.database.prisma.loginRecord.create({
    data: {
      id: newId(),
      organizationId: of.organizationId,
      connectionId: of.connectionId,
      sessionId: of.sessionId,
      requestId: newId(),
      outcome: of.sessionId === null ? "failure" : "success",
      ...(of.sessionId === null ? { errorCode: "audience_mismatch" } : {}),
      steps: [{ name: "started", at: api.clock.now.toISOString() }],
      request: "<AuthnRequest/>",
      response: "<Assertion/>",
    },
  });
  return id;
}

/** A read, which changed nothing, and was long ago. */
async function insertScimRequest(
  api: TestApi,
  of: { readonly organizationId: string; readonly directoryId: string },
): Promise<string> {
  const { id } = await api.deps.database.prisma.scimRequest.create({
    data: {
      ...{ ...of, id: newId(), requestId: newId(), method: "GET", path: "/Users", status: 200, latencyMs: 1 },
      createdAt: new Date(api.clock.now.getTime() - 3_600_000),
    },
  });
  return id;
}

/** A conflict between a user and one who came later. */
async function insertConflict(
  api: TestApi,
  { organizationId, userId }: { readonly organizationId: string; readonly userId: string },
): Promise<string> {
  const { prisma } = api.deps.database;
  const later = await prisma.user.create({ data: { id: newId(), organizationId } });
  const { id } = await prisma.conflict.create({
    data: {
      id: newId(),
      organizationId,
      userId: later.id,
      otherUserId: userId,
      claim: "address:ann@acme.com",
      source: "jit",
    },
  });
  return id;
}

/** What a directory would take from a member, and its guard does not let through. */
async function insertHeldChange(
  api: TestApi,
  of: { readonly organizationId: string; readonly directoryId: string; readonly userId: string },
): Promise<string> {
  const { prisma } = api.deps.database;
  const { organizationId, directoryId, userId } = of;
  const { id } = await prisma.heldChange.create({ data: { id: newId(), organizationId, directoryId } });
  await prisma.heldPerson.create({
    data: { userId, organizationId, heldChangeId: id, suspends: true, roleIds: [] },
  });
  return id;
}

/** A person whom the directory pushed and the reconciler made a member, in one group. */
export async function insertDirectoryMember(
  api: TestApi,
  of: { readonly organizationId: string; readonly directoryId: string },
  person: { readonly email: string; readonly group: string },
): Promise<{ memberId: string; userId: string; directoryUserId: string; groupId: string }> {
  const { prisma } = api.deps.database;
  const { organizationId, directoryId } = of;
  const { email, group } = person;
  const role = await prisma.role.findFirstOrThrow({ where: { organizationId, key: "member" } });
  const [userId, memberId, directoryUserId, groupId] = [newId(), newId(), newId(), newId()];
  await prisma.user.create({ data: { id: userId, organizationId, email } });
  await prisma.membership.create({
    data: { id: memberId, organizationId, userId, source: "directory", directory: "active" },
  });
  await prisma.roleBinding.create({
    data: { id: newId(), organizationId, roleId: role.id, membershipId: memberId, source: "directory" },
  });
  await prisma.directoryUser.create({
    data: {
      id: directoryUserId,
      ...{ organizationId, directoryId, email, userName: email, userNameKey: email, resource: {} },
    },
  });
  const told = { organizationId, directoryId, directoryUserId, userName: email };
  await storeIdentifiers(api.deps.database.sql, told);
  await prisma.directoryUserLink.create({ data: { directoryUserId, userId } });
  await prisma.directoryGroup.create({
    data: {
      id: groupId,
      ...{
        organizationId,
        directoryId,
        displayName: group,
        displayNameKey: group.toLowerCase(),
        resource: {},
      },
    },
  });
  await prisma.directoryGroupMember.create({ data: { organizationId, groupId, userId: directoryUserId } });
  return { memberId, userId, directoryUserId, groupId };
}

/** A management key straight from the table, as it might have been left by any past. */
export async function insertApiKey(
  api: TestApi,
  state: {
    readonly expiresAt?: Date;
    readonly revokedAt?: Date;
    readonly lastUsedAt?: Date;
    readonly permissions?: string[];
  },
): Promise<{ id: string; key: string }> {
  const key = newToken("sp_key");
  const { id } = await api.deps.database.prisma.apiKey.create({
    data: { id: newId(), name: "key", digest: Uint8Array.from(digestToken(key)), hint: "hint", ...state },
  });
  return { id, key };
}

/** What only the page of a setup link does. */
export const BY_SETUP_LINK: ReadonlySet<string> = new Set(["getSetup", "saveSetupProgress"]);

/** The key that may do an operation, where the root key may not. */
export function keyOf({ setupToken }: World, operationId: string): { readonly key?: string } {
  return BY_SETUP_LINK.has(operationId) ? { key: setupToken } : {};
}
