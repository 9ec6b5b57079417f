/** Where the events of a stream are sent: to a collector, or to the ClickHouse that the environment names. */
export type Destination = CollectorDestination | ClickhouseDestination;

/** A collector that an administrator names. Its secret is kept apart, sealed. */
export type CollectorDestination = SplunkDestination | DatadogDestination | HttpDestination | S3Destination;
export type DestinationType = CollectorDestination["type"];

/** A Splunk HTTP Event Collector. The secret is its token. */
export interface SplunkDestination {
  readonly type: "splunk";
  /** Of the collector, without a path: "https://http-inputs-acme.splunkcloud.com". */
  readonly url: string;
  /** Default: that of the token. */
  readonly index?: string;
}

/** Datadog's log intake. The secret is an API key. */
export interface DatadogDestination {
  readonly type: "datadog";
  readonly site: DatadogSite;
  /** In place of the site's intake: a proxy to it. */
  readonly url?: string;
  /** "env:production,team:security" */
  readonly tags?: string;
}

export const DATADOG_SITES = [
  "datadoghq.com",
  "us3.datadoghq.com",
  "us5.datadoghq.com",
  "datadoghq.eu",
  "ap1.datadoghq.com",
  "ap2.datadoghq.com",
  "ddog-gov.com",
] as const;
export type DatadogSite = (typeof DATADOG_SITES)[number];

/** Any receiver of JSON lines. The secret, where there is one, is the value of `Authorization`. */
export interface HttpDestination {
  readonly type: "http";
  readonly url: string;
}

/** A bucket of S3, or of a store that speaks its protocol. The secret is the secret access key. */
export interface S3Destination {
  readonly type: "s3";
  /** "https://s3.eu-central-1.amazonaws.com" */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  /** What the objects' names begin with: "" or "sallyport/". Letters, digits and `_./-` alone: signed in one way only. */
  readonly prefix: string;
  readonly accessKeyId: string;
}

/** Who gets the secret: the host, and of any receiver the path as well, by which some hosts tell their customers apart. */
export function receiverOf(destination: Destination): string {
  return destination.type === "http"
    ? new URL(destination.url).host + new URL(destination.url).pathname
    : hostOf(destination);
}

/** The operator's ClickHouse, as it is shown: what it is spoken to by stands in the environment alone. */
export interface ClickhouseDestination {
  readonly type: "clickhouse";
  /** "https://clickhouse.internal:8443" */
  readonly url: string;
  readonly database: string;
}

/** The host of a destination, for events and logs: a URL may hold a secret in its path or query. */
export function hostOf(destination: Destination): string {
  switch (destination.type) {
    case "splunk":
    case "http":
    case "clickhouse":
      return new URL(destination.url).host;
    case "datadog":
      return destination.url === undefined ? destination.site : new URL(destination.url).host;
    case "s3":
      return new URL(destination.endpoint).host;
  }
}
