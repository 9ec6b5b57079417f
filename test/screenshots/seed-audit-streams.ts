import { asSplunk, startCollector } from "@sallyport/audit-streams/testing";

type Call = (method: string, path: string, body?: unknown) => Promise<unknown>;

/** Streams of Acme: one that delivers, one that its collector refuses, one that is disabled. */
export async function seedAuditStreams(call: Call): Promise<void> {
  const [archive, splunk] = [await startCollector(() => [204]), await startCollector(asSplunk("token"))];
  const add = (name: string, destination: object, secret: string) =>
    call("POST", "/organizations/acme/audit-streams", { name, destination, secret, fromBeginning: true });
  await add("Archive of the compliance department", { type: "http", url: archive.url }, "Bearer abc");
  await add("Splunk Cloud", { type: "splunk", url: splunk.url, index: "audit" }, "expired");
  await add(
    "Datadog",
    { type: "datadog", site: "datadoghq.eu", url: archive.url, tags: "env:production" },
    "key",
  );
}
