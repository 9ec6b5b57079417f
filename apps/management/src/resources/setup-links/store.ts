import { type Logo, readLogo, readOperatorBrand } from "@sallyport/branding";
import { oidcRedirectUri, samlServiceProvider } from "@sallyport/connections";
import { newId, type Organization } from "@sallyport/database";
import { digestToken, newToken } from "@sallyport/secrets";
import { z } from "zod";
import { requirePermission, type SetupLinkCaller } from "../../access/caller.ts";
import { creatorOf, leftByCreators } from "../../access/creators.ts";
import { permissionsOfIntents } from "../../access/setup-intents.ts";
import { type PageQuery, pageArguments, toPage } from "../../api/page.ts";
import { change } from "../../change.ts";
import type { Context } from "../../context.ts";
import { problem } from "../../errors.ts";
import { getConnection } from "../connections/store.ts";
import { logoView } from "../logos/schema.ts";
import {
  type newSetupLink,
  type newSetupProgress,
  type setup,
  setupLinkView,
  setupProgress,
} from "./schema.ts";

type InOrganization = Context & { readonly organization: Organization };

const storedJson = z.record(z.string(), z.json());
const DAY_MS = 24 * 60 * 60 * 1000;

/** The link's URL is in the result alone. Throws `permission_missing` where the link would do more than its creator may, `connection_not_found`. */
export async function createSetupLink(context: InOrganization, input: z.output<typeof newSetupLink>) {
  const { organization, caller, deps } = context;
  for (const permission of permissionsOfIntents(input.intents)) {
    requirePermission(caller, permission, "intents");
  }
  if (input.connectionId !== undefined) {
    await getConnection(context, organization.id, input.connectionId);
  }
  const token = newToken("sp_setup");
  return change(context, async ({ tx, now, record }) => {
    const row = await tx.setupLink.create({
      data: {
        id: newId(),
        organizationId: organization.id,
        name: input.name,
        intents: input.intents,
        digest: Uint8Array.from(digestToken(token)),
        connectionId: input.connectionId ?? newId(),
        createdBy: creatorOf(caller),
        createdAt: now,
        expiresAt: new Date(now.getTime() + input.expiresInDays * DAY_MS),
      },
    });
    record({
      organizationId: organization.id,
      type: "setup_link.created",
      resource: { type: "setupLink", id: row.id },
      after: { name: row.name, intents: row.intents, expiresAt: row.expiresAt.toISOString() },
    });
    return { ...setupLinkView(row, false), url: `${deps.publicUrl}/setup/${token}` };
  });
}

export async function listSetupLinks({ deps, organization }: InOrganization, page: PageQuery) {
  const rows = await deps.database.prisma.setupLink.findMany({
    ...pageArguments(page, "desc"),
    where: { organizationId: organization.id },
  });
  const isLeft = await leftByCreators(deps.database.sql, rows);
  return toPage(rows, page, (row) => setupLinkView(row, isLeft(row)));
}

/** Throws `setup_link_not_found`, also for one that was revoked before. */
export async function revokeSetupLink(context: InOrganization, id: string): Promise<void> {
  const organizationId = context.organization.id;
  await change(context, async ({ tx, now, record }) => {
    const [row] = await tx.setupLink.updateManyAndReturn({
      where: { id, organizationId, revokedAt: null },
      data: { revokedAt: now },
    });
    if (row === undefined) {
      throw problem("setup_link_not_found");
    }
    record({
      organizationId,
      type: "setup_link.revoked",
      resource: { type: "setupLink", id },
      before: { name: row.name },
    });
  });
}

/** What the caller's own link is for, and how far its page has come. */
export async function readSetup({ deps }: Context, link: SetupLinkCaller): Promise<z.input<typeof setup>> {
  const row = await deps.database.prisma.setupLink.findUniqueOrThrow({
    where: { id: link.id },
    include: { organization: true },
  });
  const { database, publicUrl } = deps;
  const logo = await readLogo(database.sql, row.organizationId);
  const operator = await readOperatorBrand(database.sql);
  const view = (shown: Logo | null) => (shown === null ? null : logoView(shown, publicUrl));
  return {
    link: setupLinkView(row, false),
    organization: { ...row.organization, logo: view(logo) },
    operator: operator === null ? null : { name: operator.name, logo: view(operator.logo) },
    permissions: [...link.permissions],
    connection: serviceProviderView(row.connectionId, publicUrl),
    progress: setupProgress.parse(row.progress),
  };
}

/** Remembers how far the page of the caller's own link has come. */
export async function saveSetupProgress(
  { deps }: Context,
  link: SetupLinkCaller,
  { progress }: z.output<typeof newSetupProgress>,
): Promise<void> {
  await deps.database.prisma.setupLink.update({
    where: { id: link.id },
    data: { progress: storedJson.parse(progress) },
  });
}

/** What the identity provider must be told of a connection, also of one that there is not yet. */
function serviceProviderView(id: string, publicUrl: string): z.input<typeof setup>["connection"] {
  const { entityId, acsUrl, sloUrl, metadataUrl } = samlServiceProvider(publicUrl, id);
  return {
    id,
    saml: { spEntityId: entityId, acsUrl, spSloUrl: sloUrl, spMetadataUrl: metadataUrl },
    oidc: { redirectUri: oidcRedirectUri(publicUrl, id) },
  };
}
