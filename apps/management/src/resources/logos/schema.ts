import type { Logo } from "@sallyport/branding";
import { z } from "zod";

export const newLogo = z
  .strictObject({
    image: z.base64().min(4).max(1_000_000).meta({
      description:
        "A PNG or JPEG picture in base64: at most 512 kB and 4 million pixels. It is drawn anew, at most 512 by 512, and nothing else of it is kept.",
    }),
  })
  .meta({ id: "NewLogo" });

export const logo = z
  .object({
    url: z.url().meta({ description: "Public, and the same for as long as the logo is." }),
    width: z.int(),
    height: z.int(),
  })
  .meta({ id: "Logo" });

export function logoView({ path, width, height }: Logo, publicUrl: string): z.input<typeof logo> {
  return { url: `${publicUrl}${path}`, width, height };
}
