import type { NewStream } from "./owner.ts";

export type Destination = NewStream["destination"];
export type Kind = Destination["type"];

export const KINDS: readonly Kind[] = ["splunk", "datadog", "s3", "http"];

type Field = "url" | "index" | "site" | "tags" | "endpoint" | "region" | "bucket" | "prefix" | "accessKeyId";

/** What was typed, of all kinds: a change of the kind loses nothing. */
export type DestinationValues = Readonly<Partial<Record<Field, string>>>;

/** The fields of each kind, in the order in which they are asked for. */
export const FIELDS: Readonly<Record<Kind, readonly Field[]>> = {
  splunk: ["url", "index"],
  datadog: ["site", "url", "tags"],
  http: ["url"],
  s3: ["endpoint", "region", "bucket", "prefix", "accessKeyId"],
};

const NEEDED: Readonly<Record<Kind, readonly Field[]>> = {
  splunk: ["url"],
  datadog: ["site"],
  http: ["url"],
  s3: ["endpoint", "region", "bucket", "accessKeyId"],
};

export const isComplete = (kind: Kind, values: DestinationValues): boolean =>
  NEEDED[kind].every((field) => (values[field] ?? "").trim() !== "");

/** Whether the kind takes nothing without a secret. */
export const needsSecret = (kind: Kind): boolean => kind !== "http";

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
  const unlessEmpty = <Name extends Field>(field: Name) =>
    given(field) === "" ? {} : ({ [field]: given(field) } as Record<Name, string>);
  switch (kind) {
    case "splunk":
      return { type: kind, url: given("url"), ...unlessEmpty("index") };
    case "datadog":
      return {
        type: kind,
        site: SITES.find((site) => site === given("site")) ?? "datadoghq.com",
        ...unlessEmpty("url"),
        ...unlessEmpty("tags"),
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

/** What the fields of a stored destination hold. */
export function valuesOf({ type: _, ...values }: Destination): DestinationValues {
  return values;
}

/** Who gets the secret, as the gateway tells it; null while what was typed is no address. */
export function receiverOf(destination: Destination): string | null {
  switch (destination.type) {
    case "http":
      // By the path some hosts tell their customers apart.
      return URL.canParse(destination.url)
        ? new URL(destination.url).host + new URL(destination.url).pathname
        : null;
    case "splunk":
      return hostOf(destination.url);
    case "datadog":
      return destination.url === undefined ? destination.site : hostOf(destination.url);
    case "s3":
      return hostOf(destination.endpoint);
  }
}

const hostOf = (url: string) => (URL.canParse(url) ? new URL(url).host : null);
