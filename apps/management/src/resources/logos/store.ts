import { deleteLogo, type Picture, PictureRefused, readLogo, redraw, storeLogo } from "@sallyport/branding";
import { change } from "../../change.ts";
import type { Context } from "../../context.ts";
import { problem } from "../../errors.ts";
import { logoView } from "./schema.ts";

/** Throws `logo_not_found`. */
export async function getLogo({ deps }: Context, organizationId: string) {
  const logo = await readLogo(deps.database.sql, organizationId);
  if (logo === null) {
    throw problem("logo_not_found");
  }
  return logoView(logo, deps.publicUrl);
}

/** Throws `image_unusable`. */
export async function setLogo(context: Context, organizationId: string, image: string) {
  const picture = await draw(image);
  await change(context, async ({ sql, now, record }) => {
    const event = await storeLogo(sql, organizationId, picture, now);
    if (event !== null) {
      record(event);
    }
  });
  return getLogo(context, organizationId);
}

async function draw(image: string): Promise<Picture> {
  try {
    return await redraw(Buffer.from(image, "base64"));
  } catch (error) {
    if (error instanceof PictureRefused) {
      throw problem("image_unusable", { field: "image", reason: `${error.message}.`, cause: error });
    }
    throw error;
  }
}

/** Throws `logo_not_found`. */
export async function removeLogo(context: Context, organizationId: string): Promise<void> {
  await change(context, async ({ sql, record }) => {
    const event = await deleteLogo(sql, organizationId);
    if (event === null) {
      throw problem("logo_not_found");
    }
    record(event);
  });
}
