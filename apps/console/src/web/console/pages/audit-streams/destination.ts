import type { NewStream } from "./owner.ts";

type Destination = NewStream["destination"];
export type Kind = Destination["type"];

export const KINDS: readonly Kind[] = ["splunk", "datadog", "s3", "http"];

type Field = "url" | "index" | "site" | "tags" | "endpoint" | "region" | "bucket" | "prefix" | "accessKeyId";

/** What was typed, of all kinds: a change of the kind loses nothing. */
export type DestinationValues = Readonly<Partial<Record<Field, string>>>;

/** The fields of each kind, in the order in which they are asked for. */
export const FIELDS: Readonly<Record<Kind, readonly Field[]>> = {
  splunk: ["url", "index"],
  datadog: ["site", "tags"],
  http: ["url"],
  s3: ["endpoint", "region", "bucket", "prefix", "accessKeyId"],
};

export const NEEDED: Readonly<Record<Kind, readonly Field[]>> = {
  splunk: ["url"],
  datadog: ["site"],
  http: ["url"],
  s3: ["endpoint", "region", "bucket", "accessKeyId"],
};

type Site = Extract<Destination, { type: "datadog" }>["site"];
export const SITES: readonly Site[] = [
  "datadoghq.com",
  "us3.datadoghq.com",
  "us5.datadoghq.com",
  "datadoghq.eu",
  "ap1.datadoghq.com",
  "ap2.datadoghq.com",
  "ddog-gov.com",
];

/** What the API takes: fields that were left empty are left out. */
export function destinationOf(kind: Kind, values: DestinationValues): Destination {
  const given = (field: Field) => (values[field] ?? "").trim();
  switch (kind) {
    case "splunk":
      return { type: kind, url: given("url"), ...(given("index") === "" ? {} : { index: given("index") }) };
    case "datadog":
      return {
        type: kind,
        site: SITES.find((site) => site === given("site")) ?? "datadoghq.com",
        ...(given("tags") === "" ? {} : { tags: given("tags") }),
      };
    case "http":
      return { type: kind, url: given("url") };
    case "s3":
      return {
        type: kind,
        endpoint: given("endpoint"),
        region: given("region"),
        bucket: given("bucket"),
        prefix: given("prefix"),
        accessKeyId: given("accessKeyId"),
      };
  }
}
