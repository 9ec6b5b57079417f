import { type Database, newId } from "@sallyport/database";
import { samlSettings } from "../../index.ts";
import { withFacts } from "../facts.ts";
import { readMetadata } from "../read.ts";
import type { FollowedConnection } from "../store.ts";

export interface FollowingOptions {
  /** What the metadata said when the connection was made. */
  readonly metadata: string;
  readonly metadataUrl: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly status?: "active" | "disabled";
  /** Default: now. */
  readonly dueAt?: Date;
  readonly checkedAt?: Date;
}

/** A SAML connection, of an organization of its own, that follows metadata. */
export async function addFollowedConnection(
  { prisma }: Database,
  options: FollowingOptions,
): Promise<FollowedConnection> {
  const { metadata, metadataUrl, settings = {}, status = "active", dueAt = new Date() } = options;
  const rules = { entityId: undefined, certificates: undefined, allowSha1: false, now: new Date(0) };
  const { facts } = readMetadata(metadata, rules);
  const [organizationId, connectionId] = [newId(), newId()];
  await prisma.organization.create({ data: { id: organizationId, slug: connectionId, name: "Acme" } });
  await prisma.connection.create({
    data: {
      id: connectionId,
      organizationId,
      type: "saml",
      name: "IdP",
      status,
      settings: samlSettings.parse({ ...withFacts(settings, facts), metadataUrl }),
      metadata: { create: { organizationId, dueAt, checkedAt: options.checkedAt ?? null } },
    },
  });
  return { organizationId, connectionId };
}
