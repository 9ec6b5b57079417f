import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { AwsClient } from "aws4fetch";
import { freePorts, temporaryFolder } from "../../harness/process.ts";
import { startServer } from "../process.ts";

export const ACCESS_KEY_ID = "sallyport";
export const SECRET_ACCESS_KEY = "the-secret-of-the-s3-server";
export const REGION = "eu-central-1";

/** An object as the server has it. */
export interface StoredObject {
  readonly key: string;
  readonly body: string;
  readonly headers: Headers;
}

/** A real S3 server, with versions and object lock, on a free port. */
export interface S3Server {
  readonly url: string;
  /** A request that is signed by the server's own key; `path` begins with the bucket. */
  request(method: string, path: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
  createBucket(name: string, options?: { readonly objectLock?: boolean }): Promise<void>;
  /** All objects of a bucket, by their keys. */
  objects(bucket: string): Promise<StoredObject[]>;
  stop(): Promise<void>;
}

export async function startS3Server(): Promise<S3Server> {
  const binary = process.env.VERSITYGW;
  if (binary === undefined) {
    throw new Error("test/interop/s3/run installs the server, and says where");
  }
  const folder = await temporaryFolder();
  const [data, versions, sidecar] = ["data", "versions", "sidecar"].map((name) => join(folder.path, name));
  for (const path of [data, versions, sidecar]) {
    await mkdir(path ?? "", { recursive: true });
  }
  const port = await freePorts();
  const url = `http://127.0.0.1:${port}`;
  const server = await startServer(
    binary,
    [
      ...["--port", `127.0.0.1:${port}`, "--region", REGION, "posix"],
      ...["--versioning-dir", versions ?? "", "--sidecar", sidecar ?? "", data ?? ""],
    ],
    { env: { ROOT_ACCESS_KEY: ACCESS_KEY_ID, ROOT_SECRET_KEY: SECRET_ACCESS_KEY }, url },
  );
  const client = new AwsClient({
    accessKeyId: ACCESS_KEY_ID,
    secretAccessKey: SECRET_ACCESS_KEY,
    region: REGION,
    service: "s3",
    retries: 0,
  });
  const request: S3Server["request"] = (method, path, headers = {}) =>
    client.fetch(`${url}${path}`, { method, headers });
  return {
    url,
    request,
    stop: async () => {
      await server.stop();
      await folder.remove();
    },
    createBucket: async (name, { objectLock = false } = {}) => {
      const headers: Record<string, string> = objectLock
        ? { "x-amz-bucket-object-lock-enabled": "true" }
        : {};
      const made = await request("PUT", `/${name}`, headers);
      if (!made.ok) {
        throw new Error(`The bucket was not made: ${made.status} ${await made.text()}`);
      }
    },
    objects: async (bucket) => {
      const listed = await (await request("GET", `/${bucket}?list-type=2`)).text();
      const keys = [...listed.matchAll(/<Key>([^<]+)<\/Key>/g)].map(([, key = ""]) => key).toSorted();
      return Promise.all(
        keys.map(async (key) => {
          const answer = await request("GET", `/${bucket}/${key}`);
          return { key, body: await answer.text(), headers: answer.headers };
        }),
      );
    },
  };
}
