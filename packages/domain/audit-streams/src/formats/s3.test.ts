import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import { expect, it } from "vitest";
import { s3Request } from "./s3.ts";

const destination = {
  type: "s3",
  endpoint: "https://s3.eu-central-1.amazonaws.com",
  region: "eu-central-1",
  bucket: "audit",
  prefix: "logs/sally_port-1.0/",
  accessKeyId: "AKIDEXAMPLE",
} as const;
const batch = { streamId: "s", organizationId: null, first: 1, last: 2, events: [] };
const now = new Date("2026-11-29T08:00:00.123Z");

it("is signed as AWS' own library signs it", async () => {
  const { method, url, headers, body } = await s3Request(destination, "secret", batch, now);
  const { authorization, ...unsigned } = headers;
  const { hostname, pathname } = new URL(url);
  const signer = new SignatureV4({
    ...{ service: "s3", region: destination.region, sha256: Sha256, uriEscapePath: false },
    credentials: { accessKeyId: destination.accessKeyId, secretAccessKey: "secret" },
  });
  const { headers: expected } = await signer.sign(
    {
      ...{ method, protocol: "https:", hostname, path: pathname, query: {}, body },
      headers: { ...unsigned, host: hostname },
    },
    { signingDate: now, unsignableHeaders: new Set(["content-type"]) },
  );
  expect(authorization).toBeDefined();
  expect(authorization?.replaceAll(", ", ",")).toBe(expected.authorization?.replaceAll(", ", ","));
});
