import { type DirectorySettings, directorySettings } from "@sallyport/directories";
import { LRUCache } from "lru-cache";
import { type Quirks, quirksOf } from "../quirks/quirks.ts";
import { groupType, type ResourceType, userType } from "../schema/resource-type.ts";
import { extensionsFor } from "./extensions.ts";

/** One SCIM source of one organization, as a request finds it through its token. */
export interface Directory {
  readonly id: string;
  readonly organizationId: string;
  /** Of the token that the request came with. */
  readonly tokenId: string;
  /** Since when it is as this says. */
  readonly updatedAt: Date;
  readonly quirks: Quirks;
  readonly users: ResourceType;
  readonly groups: ResourceType;
  readonly rateLimit: DirectorySettings["rateLimit"];
  readonly basicAuthentication: boolean;
}

type Model = Pick<Directory, "users" | "groups" | "rateLimit" | "basicAuthentication">;

// Nearly every directory has the same settings, "{}": what is made of a text is kept.
const MAX_KEPT = 1000;

/** Makes directories of rows, remembering what it made of equal settings. */
export function createDirectories(): (row: DirectoryRow) => Directory {
  const models = new LRUCache<string, Model>({ max: MAX_KEPT });
  return (row) => {
    let model = models.get(row.settings);
    if (model === undefined) {
      model = modelOf(row.settings);
      models.set(row.settings, model);
    }
    return {
      id: row.directory_id,
      organizationId: row.organization_id,
      tokenId: row.token_id,
      updatedAt: row.updated_at,
      quirks: quirksOf(row.provider),
      ...model,
    };
  };
}

export interface DirectoryRow {
  readonly token_id: string;
  readonly updated_at: Date;
  readonly directory_id: string;
  readonly organization_id: string;
  readonly provider: string;
  /** As JSON text. */
  readonly settings: string;
}

function modelOf(text: string): Model {
  const settings = directorySettings.parse(JSON.parse(text));
  return {
    users: userType(extensionsFor(settings, "User")),
    groups: groupType(extensionsFor(settings, "Group")),
    rateLimit: settings.rateLimit,
    basicAuthentication: settings.basicAuthentication,
  };
}
