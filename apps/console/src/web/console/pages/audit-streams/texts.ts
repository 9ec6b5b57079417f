import type { Catalogue } from "../../../texts/language.tsx";

const en = {
  title: "Audit streams",
  lead: "Collectors that this organization's events are sent to as they happen: in order, and nothing is left out.",
  gatewayLead: "Collectors that the events of all organizations, and of none, are sent to as they happen.",
  create: "New stream",
  columns: {
    name: "Name",
    destination: "Destination",
    state: "State",
    lag: "Waiting",
    last: "Last delivered",
  },
  types: {
    splunk: "Splunk",
    datadog: "Datadog",
    http: "HTTP",
    s3: "S3-compatible store",
    clickhouse: "ClickHouse",
  },
  states: { delivering: "Delivering", failing: "Failing", disabled: "Disabled" },
  events: (count: number) => (count === 1 ? "1 event" : `${count.toLocaleString("en")} events`),
  never: "Nothing yet",
  empty: {
    title: "No stream yet",
    text: "A stream sends each event to Splunk, Datadog, an S3-compatible store or any receiver of JSON lines, so that your security team sees it where it looks.",
  },
  form: {
    name: "Name",
    namePlaceholder: "SIEM",
    type: "Kind of collector",
    url: "Address",
    urlHelp: {
      splunk: "Of the HTTP Event Collector, without a path.",
      http: "Takes lines of JSON by POST, and answers 2xx.",
      datadog: "Left empty: events go to the site itself.",
    },
    index: "Index",
    indexHelp: "Left empty: that of the token.",
    site: "Site",
    proxy: "Address of a proxy",
    tags: "Tags",
    tagsHelp: "Separated by commas, as in env:production,team:security.",
    endpoint: "Address of the store",
    endpointHelp: "Without the bucket, as in https://s3.eu-central-1.amazonaws.com.",
    region: "Region",
    bucket: "Bucket",
    prefix: "Folder",
    prefixHelp: "Left empty, or as in logs/sallyport/.",
    accessKeyId: "Access key ID",
    secret: {
      splunk: "Token",
      datadog: "API key",
      http: "Value of the header Authorization",
      s3: "Secret access key",
    },
    secretHelp: "Stored sealed, and never shown again.",
    secretStays: "Left empty: stays as it is.",
    secretAnew: "The address is of another receiver: enter it anew. The one before is not sent there.",
    withoutSecret: "Send no Authorization",
    fromBeginning: "Begin with the oldest event that is kept",
    submit: "Add stream",
  },
  details: {
    destination: "Destination",
    state: "State",
    waiting: "Waiting",
    oldest: "Oldest that waits",
    delivered: "Delivered",
    last: "Last delivered",
    failing: "Fails since",
    error: "What the collector said",
    next: "Next attempt",
    ofEnvironment: "Made by the gateway's environment (CLICKHOUSE_URL), and changed there.",
    ofEarlierEnvironment:
      "CLICKHOUSE_URL is not set any more. Once it is again, the stream goes on where it was; deleted, it begins anew.",
    test: "Send test event",
    tested: "A test event is recorded. It is delivered after what waits.",
    enable: "Enable",
    edit: "Edit",
  },
  danger: {
    disable: "Disable",
    disableTitle: (name: string) => `Disable ${name}?`,
    disableEffect: "Nothing is sent any more. What happens waits, for as long as events are kept.",
    remove: "Delete stream",
    removeTitle: (name: string) => `Delete ${name}?`,
    removeEffect: (waiting: number) =>
      waiting === 0
        ? "Nothing is sent any more."
        : `Nothing is sent any more. ${waiting === 1 ? "1 event that waits is" : `${waiting.toLocaleString("en")} events that wait are`} never delivered.`,
  },
};

type Texts = typeof en;

const de: Texts = {
  title: "Audit-Streams",
  lead: "Sammelstellen, an die die Ereignisse dieser Organisation laufend gesendet werden: der Reihe nach, und nichts wird ausgelassen.",
  gatewayLead:
    "Sammelstellen, an die die Ereignisse aller Organisationen und die, die zu keiner gehören, laufend gesendet werden.",
  create: "Neuer Stream",
  columns: {
    name: "Name",
    destination: "Ziel",
    state: "Zustand",
    lag: "Wartet",
    last: "Zuletzt zugestellt",
  },
  types: {
    splunk: "Splunk",
    datadog: "Datadog",
    http: "HTTP",
    s3: "S3-kompatibler Speicher",
    clickhouse: "ClickHouse",
  },
  states: { delivering: "Stellt zu", failing: "Schlägt fehl", disabled: "Ausgeschaltet" },
  events: (count: number) => (count === 1 ? "1 Ereignis" : `${count.toLocaleString("de")} Ereignisse`),
  never: "Noch nichts",
  empty: {
    title: "Noch kein Stream",
    text: "Ein Stream sendet jedes Ereignis an Splunk, Datadog, einen S3-kompatiblen Speicher oder einen Empfänger von JSON-Zeilen, damit Ihr Sicherheitsteam es dort sieht, wo es hinschaut.",
  },
  form: {
    name: "Name",
    namePlaceholder: "SIEM",
    type: "Art der Sammelstelle",
    url: "Adresse",
    urlHelp: {
      splunk: "Die des HTTP Event Collector, ohne Pfad.",
      http: "Nimmt Zeilen von JSON per POST an und antwortet mit 2xx.",
      datadog: "Leer: Ereignisse gehen an die Site selbst.",
    },
    index: "Index",
    indexHelp: "Leer: der des Tokens.",
    site: "Site",
    proxy: "Adresse eines Proxys",
    tags: "Tags",
    tagsHelp: "Durch Kommas getrennt, etwa env:production,team:security.",
    endpoint: "Adresse des Speichers",
    endpointHelp: "Ohne den Bucket, etwa https://s3.eu-central-1.amazonaws.com.",
    region: "Region",
    bucket: "Bucket",
    prefix: "Ordner",
    prefixHelp: "Leer, oder etwa logs/sallyport/.",
    accessKeyId: "Access Key ID",
    secret: {
      splunk: "Token",
      datadog: "API-Schlüssel",
      http: "Wert des Headers Authorization",
      s3: "Secret Access Key",
    },
    secretHelp: "Wird versiegelt gespeichert und nie wieder angezeigt.",
    secretStays: "Leer: bleibt, wie es ist.",
    secretAnew:
      "Die Adresse nennt einen anderen Empfänger: bitte neu eingeben. Das bisherige Geheimnis wird dorthin nicht gesendet.",
    withoutSecret: "Kein Authorization senden",
    fromBeginning: "Mit dem ältesten aufbewahrten Ereignis beginnen",
    submit: "Stream anlegen",
  },
  details: {
    destination: "Ziel",
    state: "Zustand",
    waiting: "Wartet",
    oldest: "Ältestes, das wartet",
    delivered: "Zugestellt",
    last: "Zuletzt zugestellt",
    failing: "Schlägt fehl seit",
    error: "Was die Sammelstelle sagte",
    next: "Nächster Versuch",
    ofEnvironment: "Aus der Umgebung des Gateways (CLICKHOUSE_URL), und dort zu ändern.",
    ofEarlierEnvironment:
      "CLICKHOUSE_URL ist nicht mehr gesetzt. Wird sie es wieder, geht der Stream dort weiter, wo er war; gelöscht beginnt er von vorn.",
    test: "Testereignis senden",
    tested: "Ein Testereignis ist aufgezeichnet. Es wird nach dem zugestellt, was wartet.",
    enable: "Einschalten",
    edit: "Bearbeiten",
  },
  danger: {
    disable: "Ausschalten",
    disableTitle: (name: string) => `${name} ausschalten?`,
    disableEffect:
      "Es wird nichts mehr gesendet. Was geschieht, wartet, so lange Ereignisse aufbewahrt werden.",
    remove: "Stream löschen",
    removeTitle: (name: string) => `${name} löschen?`,
    removeEffect: (waiting: number) =>
      waiting === 0
        ? "Es wird nichts mehr gesendet."
        : `Es wird nichts mehr gesendet. ${waiting === 1 ? "1 Ereignis, das wartet, wird" : `${waiting.toLocaleString("de")} Ereignisse, die warten, werden`} nie zugestellt.`,
  },
};

export const auditStreamsTexts: Catalogue<Texts> = { en, de };
