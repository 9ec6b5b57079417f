import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import type { AnchorDestination } from "@sallyport/audit-trail";
import type { Outbound } from "@sallyport/outbound";
import { AwsV4Signer } from "aws4fetch";

/** Where the operator wants the last seals of the audit trail written down. */
export interface AnchorSettings {
  /** At most so often. */
  readonly everyMinutes: number;
  /** A file that lines are appended to. */
  readonly file?: string;
  readonly webhook?: { readonly url: string; readonly token?: string };
  readonly s3?: S3Settings;
}

/** A bucket of an S3-compatible store, with object lock where `retentionDays` are given. */
export interface S3Settings {
  /** The bucket's address, and maybe a prefix: `https://s3.eu-central-1.amazonaws.com/bucket/prefix`. */
  readonly url: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly retentionDays?: number;
}

interface Deps {
  readonly outbound: Outbound;
  readonly now: () => Date;
}

const DAY_MS = 86_400_000;
const TIMEOUT_MS = 10_000;

export function anchorDestinations(settings: AnchorSettings, deps: Deps): AnchorDestination[] {
  const { file, webhook, s3 } = settings;
  return [
    ...(file === undefined ? [] : [toFile(file)]),
    ...(webhook === undefined ? [] : [toWebhook(webhook, deps)]),
    ...(s3 === undefined ? [] : [toS3(s3, deps)]),
  ];
}

function toFile(path: string): AnchorDestination {
  return {
    name: `file ${path}`,
    write: async (lines) => {
      const file = await open(path, "a+", 0o600);
      try {
        await file.appendFile(`${(await isCutOff(file)) ? "\n" : ""}${lines}`);
        await file.sync(); // before the database says that it is there
      } finally {
        await file.close();
      }
    },
  };
}

/** Whether the last line was cut off, since the process died that wrote it. */
async function isCutOff(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) {
    return false;
  }
  const { buffer } = await file.read({ buffer: Buffer.alloc(1), position: size - 1 });
  return buffer.toString() !== "\n";
}

function toWebhook({ url, token }: { url: string; token?: string }, { outbound }: Deps): AnchorDestination {
  return {
    name: `webhook ${placeOf(url)}`,
    write: async (lines) => {
      const headers = {
        "content-type": "application/x-ndjson",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      };
      accept(await outbound.fetch(url, { method: "POST", headers, body: lines, timeoutMs: TIMEOUT_MS }));
    },
  };
}

function toS3(settings: S3Settings, { outbound, now }: Deps): AnchorDestination {
  const { url: bucket, region, accessKeyId, secretAccessKey, retentionDays } = settings;
  return {
    name: `s3 ${placeOf(bucket)}`,
    write: async (lines) => {
      const at = now();
      const digest = createHash("sha256").update(lines).digest("hex");
      // By its content, so that what is written again after a crash is the same object.
      const day = at.toISOString().slice(0, 10);
      const signer = new AwsV4Signer({
        method: "PUT",
        url: `${bucket.replace(/\/+$/, "")}/${day}/${digest}.jsonl`,
        headers: {
          "content-type": "application/x-ndjson",
          // Object lock takes nothing without it.
          "content-md5": createHash("md5").update(lines).digest("base64"),
          "x-amz-content-sha256": digest,
          ...(retentionDays === undefined
            ? {}
            : {
                "x-amz-object-lock-mode": "COMPLIANCE",
                "x-amz-object-lock-retain-until-date": new Date(
                  at.getTime() + retentionDays * DAY_MS,
                ).toISOString(),
              }),
        },
        body: lines,
        accessKeyId,
        secretAccessKey,
        region,
        service: "s3",
        datetime: at.toISOString().replace(/[-:]|\.\d{3}/g, ""),
      });
      const signed = await signer.sign();
      accept(
        await outbound.fetch(signed.url, {
          method: "PUT",
          headers: signed.headers,
          body: lines,
          timeoutMs: TIMEOUT_MS,
        }),
      );
    },
  };
}

function accept({ ok, status }: Response): void {
  if (!ok) {
    throw new Error(`It answered ${status}`);
  }
}

// Without query and user: what stands there may be a secret.
function placeOf(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}
