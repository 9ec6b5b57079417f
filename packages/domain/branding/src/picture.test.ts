import { crc32, deflateSync } from "node:zlib";
import sharp from "sharp";
import { expect, it } from "vitest";
import { MAX_BYTES, redraw } from "./picture.ts";

/** A PNG whose header says what it likes, with data of its own. */
function png(width: number, height: number, data: Buffer): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8); // 8 bits, RGB
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", data),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

const picture = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: "#0b5c8f" } });

it("draws PNG and JPEG anew, as PNG", async () => {
  for (const upload of [await picture(64, 32).png().toBuffer(), await picture(64, 32).jpeg().toBuffer()]) {
    const drawn = await redraw(upload);
    expect(drawn).toMatchObject({ width: 64, height: 32 });
    expect(await sharp(drawn.png).metadata()).toMatchObject({ format: "png", width: 64, height: 32 });
  }
});

it("makes what is large small, and keeps its shape", async () => {
  expect(await redraw(await picture(2000, 1000).png().toBuffer())).toMatchObject({ width: 512, height: 256 });
});

it("keeps transparency", async () => {
  const upload = await sharp({
    create: { width: 8, height: 8, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
  })
    .png()
    .toBuffer();
  expect(await sharp((await redraw(upload)).png).metadata()).toMatchObject({ hasAlpha: true });
});

it("serves nothing of what was uploaded but its pixels", async () => {
  const secret = "<script>alert(document.domain)</script>";
  const upload = await picture(16, 16)
    .withExif({ IFD0: { Copyright: secret, ImageDescription: "51.5N 0.1W" } })
    .jpeg()
    .toBuffer();
  const plain = await picture(16, 16).png().toBuffer();
  const text = chunk("tEXt", Buffer.from(`Comment\0${secret}`));
  const polyglots = [
    upload,
    Buffer.concat([upload, Buffer.from(`${secret}PK\u0003\u0004`)]), // behind its end
    Buffer.concat([plain.subarray(0, 33), text, plain.subarray(33)]), // within: the header's chunk ends at 33
    Buffer.concat([plain, Buffer.from(`<html>${secret}</html>`)]),
  ];
  for (const polyglot of polyglots) {
    expect(polyglot.includes(secret)).toBe(true);
    const drawn = (await redraw(polyglot)).png;
    for (const trace of ["script", "PK\u0003\u0004", "51.5N", "tEXt", "eXIf", "iCCP"]) {
      expect(drawn.includes(trace)).toBe(false);
    }
  }
});

it("refuses a bomb by what its header says, before a pixel is decoded", async () => {
  // 1.2 gigabytes of zeros, which deflate to one megabyte; what is sent of them fits.
  const bomb = png(20_000, 20_000, deflateSync(Buffer.alloc(60_001 * 1_000)));
  expect(bomb.length).toBeLessThan(MAX_BYTES);
  const before = process.memoryUsage().rss;
  await expect(redraw(bomb)).rejects.toThrow("million pixels");
  expect(process.memoryUsage().rss - before).toBeLessThan(200e6);
});

it("refuses more pixels than its header says", async () => {
  const lying = png(10, 10, deflateSync(Buffer.alloc(50_000_000)));
  const drawn = await redraw(lying).catch((error: unknown) => error);
  if (!(drawn instanceof Error)) {
    expect(drawn).toMatchObject({ width: 10, height: 10 }); // the rest is not read
  }
});

it("refuses a JPEG that has its pixels gone over a thousand times", async () => {
  const jpeg = await picture(1000, 1000).jpeg({ progressive: true }).toBuffer();
  const scan = jpeg.subarray(jpeg.lastIndexOf(Buffer.from([0xff, 0xda])), -2);
  const bomb = Buffer.concat([jpeg.subarray(0, -2), ...Array.from({ length: 1000 }, () => scan)]);
  await expect(redraw(bomb)).rejects.toThrow("too many scans");
  expect(await redraw(jpeg)).toMatchObject({ width: 512 });
});

const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>';

it.each([
  ["an SVG", Buffer.from(svg), "no PNG or JPEG"],
  ["an SVG with an XML declaration", Buffer.from(`<?xml version="1.0"?>${svg}`), "no PNG or JPEG"],
  ["HTML", Buffer.from("<!doctype html><script>alert(1)</script>"), "no PNG or JPEG"],
  ["a GIF", Buffer.from("GIF89a\u0001\u0000\u0001\u0000"), "no PNG or JPEG"],
  ["nothing", Buffer.alloc(0), "no PNG or JPEG"],
  ["HTML behind a PNG's signature", png(9, 9, Buffer.from(svg)), "Cannot be decoded"],
  [
    "an SVG behind a JPEG's first bytes",
    Buffer.from(`\u00ff\u00d8\u00ff${svg}`, "latin1"),
    "Cannot be decoded",
  ],
  ["a PNG of no size", png(0, 0, deflateSync(Buffer.alloc(0))), "Cannot be decoded"],
  ["too much", Buffer.alloc(MAX_BYTES + 1, 0xff), "larger than 512 kB"],
])("refuses %s", async (_name, upload, reason) => {
  await expect(redraw(upload)).rejects.toThrow(reason);
});

it("refuses WebP, TIFF and AVIF, which it does not need", async () => {
  for (const format of ["webp", "tiff"] as const) {
    await expect(redraw(await picture(9, 9).toFormat(format).toBuffer())).rejects.toThrow("no PNG or JPEG");
  }
});
