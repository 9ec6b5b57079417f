/** What of an uploaded picture is kept: nothing of its bytes, and nothing but its pixels. */
export interface Picture {
  readonly png: Buffer;
  readonly width: number;
  readonly height: number;
}

/** Why a picture is not taken, in words for who uploaded it. */
export class PictureRefused extends Error {
  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.name = "PictureRefused";
  }
}

/** Bytes of an upload. */
export const MAX_BYTES = 512 * 1024;
/** Of what is decoded: 4 bytes each, while a few kilobytes may say that they are billions. */
export const MAX_PIXELS = 4_000_000;
/** Width and height of what is kept. */
const KEPT = 512;
/** A progressive JPEG goes over all of its pixels once for each scan; cameras and programs make about ten. */
const MAX_SCANS = 50;
const TIMEOUT_SECONDS = 5;

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const JPEG = Buffer.from([0xff, 0xd8, 0xff]);
const START_OF_SCAN = Buffer.from([0xff, 0xda]);

/**
 * Decodes a PNG or JPEG picture and draws its pixels anew, at most 512 by 512: metadata, colour profiles, and whatever else was
 * hidden in the file are gone. What it is, its first bytes decide, whatever was claimed. Throws `PictureRefused`.
 */
export async function redraw(upload: Buffer): Promise<Picture> {
  if (upload.length > MAX_BYTES) {
    throw new PictureRefused(`Is larger than ${MAX_BYTES / 1024} kB`);
  }
  const isPng = upload.subarray(0, PNG.length).equals(PNG);
  if (!isPng && !upload.subarray(0, JPEG.length).equals(JPEG)) {
    throw new PictureRefused("Is no PNG or JPEG picture");
  }
  if (!isPng && countScans(upload) > MAX_SCANS) {
    throw new PictureRefused("Has too many scans: save it as a plain JPEG");
  }
  const sharp = await loadDecoder();
  try {
    const { data, info } = await sharp(upload, {
      limitInputPixels: MAX_PIXELS,
      failOn: "error",
      sequentialRead: true,
      animated: false,
    })
      .timeout({ seconds: TIMEOUT_SECONDS })
      .autoOrient()
      .resize({ width: KEPT, height: KEPT, fit: "inside", withoutEnlargement: true })
      .toColourspace("srgb")
      .png({ compressionLevel: 9, progressive: false })
      .toBuffer({ resolveWithObject: true });
    return { png: data, width: info.width, height: info.height };
  } catch (error) {
    const tooLarge = error instanceof Error && error.message.includes("pixel limit");
    throw new PictureRefused(
      tooLarge
        ? `Has more than ${MAX_PIXELS / 1_000_000} million pixels`
        : "Cannot be decoded: it is damaged, or not what its first bytes say",
      { cause: error },
    );
  }
}

let decoder: Promise<typeof import("sharp")["default"]> | undefined;

/** Loaded with the first upload: whoever uploads none does not pay for it. */
function loadDecoder() {
  decoder ??= import("sharp").then(({ default: sharp }) => {
    // Every other format is refused above; here it could not be read either.
    sharp.block({ operation: ["VipsForeignLoad"] });
    sharp.unblock({ operation: ["VipsForeignLoadPngBuffer", "VipsForeignLoadJpegBuffer"] });
    sharp.cache(false);
    sharp.concurrency(1);
    return sharp;
  });
  return decoder;
}

function countScans(jpeg: Buffer): number {
  let scans = 0;
  for (let at = jpeg.indexOf(START_OF_SCAN); at >= 0; at = jpeg.indexOf(START_OF_SCAN, at + 2)) {
    scans += 1;
  }
  return scans;
}
