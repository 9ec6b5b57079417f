import type { Catalogue } from "../../../texts/language.tsx";

const en = {
  title: "Audit",
  organizationLead: "Who did what, and when. Nothing here is ever changed or removed.",
  gatewayLead:
    "What was done to that which belongs to no organization: applications, keys, organizations themselves.",
  columns: { type: "Event", actor: "By", resource: "What", time: "When" },
  filters: { type: "Event", actor: "By", since: "From (2026-11-29)", until: "To (2026-11-29)" },
  actors: {
    user: "Person",
    operator: "Root key",
    apiKey: "API key",
    setupLink: "Setup link",
    directory: "Directory",
    system: "Gateway",
  },
  empty: {
    title: "Nothing has happened yet",
    text: "Every change of state leaves an event here, in its order.",
  },
  details: {
    sequence: "Number",
    soon: "In a moment",
    outcome: "Outcome",
    ip: "From",
    request: "Request",
    before: "Before",
    after: "After",
    data: "More",
  },
  export: {
    label: "Export",
    csv: "As CSV",
    ndjson: "As NDJSON",
    progress: (count: number) => `${count} events so far`,
    failed: (reason: string) => `The export stopped: ${reason}`,
  },
};

type Texts = typeof en;

const de: Texts = {
  title: "Protokoll",
  organizationLead: "Wer wann was getan hat. Hier wird nie etwas geändert oder entfernt.",
  gatewayLead:
    "Was mit dem geschah, was zu keiner Organisation gehört: Anwendungen, Schlüssel, die Organisationen selbst.",
  columns: { type: "Ereignis", actor: "Durch", resource: "Was", time: "Wann" },
  filters: { type: "Ereignis", actor: "Durch", since: "Von (2026-11-29)", until: "Bis (2026-11-29)" },
  actors: {
    user: "Person",
    operator: "Root-Schlüssel",
    apiKey: "API-Schlüssel",
    setupLink: "Einrichtungslink",
    directory: "Verzeichnis",
    system: "Gateway",
  },
  empty: {
    title: "Noch ist nichts geschehen",
    text: "Jede Änderung hinterlässt hier ein Ereignis, der Reihe nach.",
  },
  details: {
    sequence: "Nummer",
    soon: "Gleich",
    outcome: "Ergebnis",
    ip: "Von",
    request: "Anfrage",
    before: "Vorher",
    after: "Nachher",
    data: "Weiteres",
  },
  export: {
    label: "Exportieren",
    csv: "Als CSV",
    ndjson: "Als NDJSON",
    progress: (count) => `${count} Ereignisse bisher`,
    failed: (reason) => `Der Export brach ab: ${reason}`,
  },
};

export const auditTexts: Catalogue<Texts> = { en, de };
