import { type Application, newId, type Prisma } from "@sallyport/database";
import { difference, pick, type RecordedTransaction } from "@sallyport/events";
import { digestToken, newToken } from "@sallyport/secrets";

/** What whoever registers an application says of it. */
export type ApplicationSettings = Omit<
  Prisma.ApplicationCreateManyInput,
  "id" | "clientId" | "clientSecretDigest" | "createdAt" | "updatedAt"
>;

/** A public one gets no secret. The secret is in the result alone: its digest is stored. */
export async function createApplication(
  { tx, record }: RecordedTransaction,
  settings: ApplicationSettings,
  isPublic: boolean,
): Promise<{ readonly application: Application; readonly clientSecret: string | undefined }> {
  const id = newId();
  const secret = isPublic ? undefined : newClientSecret();
  const application = await tx.application.create({
    data: {
      id,
      clientId: id, // one id to look for, in logs as in tokens
      clientSecretDigest: secret?.digest ?? null,
      ...settings,
    },
  });
  record({
    organizationId: null,
    type: "application.created",
    resource: { type: "application", id },
    after: { ...eventFieldsOf(application), public: isPublic },
  });
  return { application, clientSecret: secret?.clientSecret };
}

/** Resolves to null where there is no such application. */
export async function updateApplication(
  { tx, sql, record }: RecordedTransaction,
  id: string,
  patch: Prisma.ApplicationUpdateManyMutationInput,
): Promise<Application | null> {
  await sql.query("SELECT id FROM applications WHERE id = $1::uuid FOR NO KEY UPDATE", [id]);
  const before = await tx.application.findUnique({ where: { id } });
  const [application] = await tx.application.updateManyAndReturn({ where: { id }, data: patch });
  if (before === null || application === undefined) {
    return null;
  }
  const changed = difference(eventFieldsOf(before), eventFieldsOf(application));
  if (changed !== null) {
    record({
      organizationId: null,
      type: "application.updated",
      resource: { type: "application", id },
      ...changed,
    });
  }
  return application;
}

/** From its commit on the old secret is no longer good. A public application has none. */
export async function rotateClientSecret(
  { tx, record }: RecordedTransaction,
  id: string,
): Promise<{ readonly clientId: string; readonly clientSecret: string } | "not_found" | "public"> {
  const application = await tx.application.findUnique({ where: { id } });
  if (application === null) {
    return "not_found";
  }
  if (application.clientSecretDigest === null) {
    return "public";
  }
  const { clientSecret, digest } = newClientSecret();
  await tx.application.updateMany({ where: { id }, data: { clientSecretDigest: digest } });
  record({
    organizationId: null,
    type: "application.secret_rotated",
    resource: { type: "application", id },
  });
  return { clientId: application.clientId, clientSecret };
}

/** Resolves to false where there is no such application. */
export async function deleteApplication({ tx, record }: RecordedTransaction, id: string): Promise<boolean> {
  const application = await tx.application.findUnique({ where: { id } });
  const { count } = await tx.application.deleteMany({ where: { id } });
  if (application === null || count === 0) {
    return false;
  }
  record({
    organizationId: null,
    type: "application.deleted",
    resource: { type: "application", id },
    before: pick(application, ["name"]),
  });
  return true;
}

/** What events tell of an application. */
function eventFieldsOf(application: Application) {
  return pick(application, [
    "name",
    "redirectUris",
    "postLogoutRedirectUris",
    "backchannelLogoutUri",
    "initiateLoginUri",
    "targetUris",
    "idTokenSigningAlg",
    "accessTokenSigningAlg",
  ]);
}

function newClientSecret() {
  const clientSecret = newToken("client");
  return { clientSecret, digest: Uint8Array.from(digestToken(clientSecret)) };
}
