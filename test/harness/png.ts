import { crc32, deflateSync } from "node:zlib";

/** A chunk of a PNG (W3C PNG, section 5.3). */
export function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** A grey PNG that says it is so wide and high, whatever data it has; `more` are chunks before its data. */
export function greyPng(side: number, data: Buffer, more: Buffer = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const image = pngChunk("IDAT", deflateSync(data, { level: 9 }));
  return Buffer.concat([signature, pngChunk("IHDR", header), more, image, pngChunk("IEND", Buffer.alloc(0))]);
}

/** The data of a square of one shade: each row behind the byte of its filter. */
export function shade(side: number, level: number): Buffer {
  const row = Buffer.alloc(side + 1, level);
  row[0] = 0;
  return Buffer.concat(Array.from({ length: side }, () => row));
}
