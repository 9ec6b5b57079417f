import type { Catalogue } from "../../../texts/language.tsx";
import type { EventCount } from "./export.ts";

const en = {
  title: "Audit",
  organizationLead: "Who did what, and when. Whatever is changed or removed behind the gateway is found out.",
  gatewayLead:
    "What was done to that which belongs to no organization: applications, keys, organizations themselves.",
  columns: { type: "Event", actor: "By", resource: "What", time: "When" },
  filters: {
    type: "Event",
    actor: "By",
    actorId: "By id",
    resource: "What, by id",
    outcome: "Outcome",
    request: "Request",
    since: "From (2026-11-29)",
    until: "To (2026-11-29)",
  },
  outcomes: { success: "Success", failure: "Failure", denied: "Denied" },
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
    proof: "Download proof",
    proofHelp:
      "Shows that the event is in the sealed trail to whoever has the file alone: docs/audit-trail.md has the program.",
  },
  trail: {
    title: "Seals and keys",
    details: "Seals and keys",
    verify: "Verify now",
    never: "Not verified yet",
    running: (checked: number, total: number) => `Verifying: ${checked} of ${total} events`,
    intact: (count: number) =>
      count === 1 ? "1 event is as it was sealed," : `${count} events are as they were sealed,`,
    tampered: (count: number) =>
      count === 1 ? "1 thing is not as it was sealed" : `${count} things are not as they were sealed`,
    sealed: (through: number, unsealed: number) =>
      `${through === 0 ? "Nothing sealed yet" : `Sealed up to event ${through}`}${unsealed === 0 ? "" : `, ${unsealed} more in a moment`}`,
    seals: "Seals",
    sealedThrough: "Sealed up to event",
    unsealed: "Not sealed yet",
    verified: "As they were sealed",
    erased: "Personal content erased by the gateway",
    removed: "Removed by the gateway, kept long enough",
    beforeTrail: "Older than the trail",
    hash: "Hash of the last seal",
    hashNote: "Keep it elsewhere: it shows whether the end of the trail was cut off.",
    anchors: "Written down outside",
    noAnchors:
      "Nowhere. Whoever has the database could cut off the end unnoticed: the operator sets AUDIT_ANCHOR_FILE, _WEBHOOK or _S3.",
    anchorKinds: { file: "File", webhook: "Webhook", s3: "S3-compatible store" },
    notAnchored: "No seal yet",
    anchoredSeal: (seal: number) => `Up to seal ${seal},`,
    failsSince: "Fails since",
    anchorFails: "The last seals cannot be written down outside, since",
    key: "Public key",
    retiredKey: "Public key, retired",
    atEvent: (first: number, last: number | null) =>
      last === null || last === first ? `Event ${first}` : `Events ${first} to ${last}`,
    atSeal: (seal: number) => `Seal ${seal}`,
    more: (count: number) => `and ${count} more`,
    problems: {
      event_changed: "An event was changed, or another one is in its place",
      event_moved: "An event was moved: the order was changed",
      event_missing: "An event was deleted",
      event_missing_when_sealed: "An event was deleted before it was sealed",
      event_backdated: "An event was inserted that pretends to be older",
      event_unnumbered: "An event was inserted past the numbering",
      event_erased_by_others: "The content of an event was erased, and not by the gateway",
      entry_missing: "The place of an event was deleted",
      entry_inserted: "A place was inserted that the gateway did not give out",
      seal_missing: "A seal was deleted",
      seal_changed: "A seal was changed: its signature does not hold",
      seal_out_of_order: "A seal does not follow the one before it",
      seals_cut_off: "The last seals were cut off",
      seal_key_unknown: "A seal names a key that nobody knows",
      key_not_ours: "A key was not made by this gateway",
      leaves_changed: "The list of hashes of a seal was changed",
      head_changed: "What tells the last seal was changed",
      anchor_differs: "A seal is not the one that was anchored outside",
      trail_missing: "The trail is gone",
    },
  },
  export: {
    label: "Export",
    csv: "As CSV",
    ndjson: "As NDJSON",
    progress: (count: number, total: EventCount | undefined) =>
      total === undefined
        ? "Counting the events"
        : `${count.toLocaleString("en")} of ${total.isEstimate ? "about " : ""}${total.count.toLocaleString("en")} ${total.count === 1 ? "event" : "events"}`,
    waiting: "The connection broke. The export goes on in a moment.",
    stopped: (count: number) =>
      `The export stopped after ${count === 1 ? "1 event" : `${count.toLocaleString("en")} events`}. No file was saved.`,
    unreachable: "The gateway cannot be reached.",
    goOn: "Go on",
    discard: "Discard",
  },
};

type Texts = typeof en;

const de: Texts = {
  title: "Protokoll",
  organizationLead: "Wer wann was getan hat. Was am Gateway vorbei geändert oder entfernt wird, fällt auf.",
  gatewayLead:
    "Was mit dem geschah, was zu keiner Organisation gehört: Anwendungen, Schlüssel, die Organisationen selbst.",
  columns: { type: "Ereignis", actor: "Durch", resource: "Was", time: "Wann" },
  filters: {
    type: "Ereignis",
    actor: "Durch",
    actorId: "Durch (ID)",
    resource: "Was (ID)",
    outcome: "Ergebnis",
    request: "Anfrage",
    since: "Von (2026-11-29)",
    until: "Bis (2026-11-29)",
  },
  outcomes: { success: "Erfolg", failure: "Fehlschlag", denied: "Abgelehnt" },
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
    proof: "Beweis herunterladen",
    proofHelp:
      "Zeigt jedem, der nur die Datei hat, dass das Ereignis im versiegelten Protokoll steht: docs/audit-trail.md enthält das Programm.",
  },
  trail: {
    title: "Siegel und Schlüssel",
    details: "Siegel und Schlüssel",
    verify: "Jetzt prüfen",
    never: "Noch nicht geprüft",
    running: (checked, total) => `Prüfung läuft: ${checked} von ${total} Ereignissen`,
    intact: (count) =>
      count === 1 ? "1 Ereignis ist wie versiegelt," : `${count} Ereignisse sind wie versiegelt,`,
    tampered: (count) => `${count} ${count === 1 ? "Stelle ist" : "Stellen sind"} nicht wie versiegelt`,
    sealed: (through, unsealed) =>
      `${through === 0 ? "Noch nichts versiegelt" : `Versiegelt bis Ereignis ${through}`}${unsealed === 0 ? "" : `, ${unsealed} weitere gleich`}`,
    seals: "Siegel",
    sealedThrough: "Versiegelt bis Ereignis",
    unsealed: "Noch nicht versiegelt",
    verified: "Wie versiegelt",
    erased: "Personenbezogener Inhalt vom Gateway gelöscht",
    removed: "Vom Gateway entfernt, lange genug aufbewahrt",
    beforeTrail: "Älter als die Versiegelung",
    hash: "Hash des letzten Siegels",
    hashNote: "Anderswo aufbewahrt, zeigt er, ob das Ende des Protokolls abgeschnitten wurde.",
    anchors: "Außerhalb festgehalten",
    noAnchors:
      "Nirgends. Wer die Datenbank hat, könnte das Ende unbemerkt abschneiden: Der Betreiber setzt AUDIT_ANCHOR_FILE, _WEBHOOK oder _S3.",
    anchorKinds: { file: "Datei", webhook: "Webhook", s3: "S3-kompatibler Speicher" },
    notAnchored: "Noch kein Siegel",
    anchoredSeal: (seal) => `Bis Siegel ${seal},`,
    failsSince: "Schlägt fehl seit",
    anchorFails: "Die letzten Siegel lassen sich außerhalb nicht festhalten, seit",
    key: "Öffentlicher Schlüssel",
    retiredKey: "Öffentlicher Schlüssel, abgelöst",
    atEvent: (first, last) =>
      last === null || last === first ? `Ereignis ${first}` : `Ereignisse ${first} bis ${last}`,
    atSeal: (seal) => `Siegel ${seal}`,
    more: (count) => `und ${count} weitere`,
    problems: {
      event_changed: "Ein Ereignis wurde geändert, oder ein anderes steht an seiner Stelle",
      event_moved: "Ein Ereignis wurde verschoben: die Reihenfolge wurde geändert",
      event_missing: "Ein Ereignis wurde gelöscht",
      event_missing_when_sealed: "Ein Ereignis wurde gelöscht, bevor es versiegelt war",
      event_backdated: "Ein Ereignis wurde eingefügt, das sich für älter ausgibt",
      event_unnumbered: "Ein Ereignis wurde an der Nummerierung vorbei eingefügt",
      event_erased_by_others: "Der Inhalt eines Ereignisses wurde gelöscht, und nicht vom Gateway",
      entry_missing: "Die Stelle eines Ereignisses wurde gelöscht",
      entry_inserted: "Eine Stelle wurde eingefügt, die das Gateway nicht vergeben hat",
      seal_missing: "Ein Siegel wurde gelöscht",
      seal_changed: "Ein Siegel wurde geändert: seine Signatur stimmt nicht",
      seal_out_of_order: "Ein Siegel folgt nicht auf das vorige",
      seals_cut_off: "Die letzten Siegel wurden abgeschnitten",
      seal_key_unknown: "Ein Siegel nennt einen Schlüssel, den niemand kennt",
      key_not_ours: "Ein Schlüssel stammt nicht von diesem Gateway",
      leaves_changed: "Die Hashliste eines Siegels wurde geändert",
      head_changed: "Der Verweis auf das letzte Siegel wurde geändert",
      anchor_differs: "Ein Siegel ist nicht das, das außerhalb verankert wurde",
      trail_missing: "Das Protokoll ist weg",
    },
  },
  export: {
    label: "Exportieren",
    csv: "Als CSV",
    ndjson: "Als NDJSON",
    progress: (count, total) =>
      total === undefined
        ? "Die Ereignisse werden gezählt"
        : `${count.toLocaleString("de")} von ${total.isEstimate ? "etwa " : ""}${total.count.toLocaleString("de")} ${total.count === 1 ? "Ereignis" : "Ereignissen"}`,
    waiting: "Die Verbindung brach ab. Der Export geht gleich weiter.",
    stopped: (count) =>
      `Der Export brach nach ${count === 1 ? "1 Ereignis" : `${count.toLocaleString("de")} Ereignissen`} ab. Es wurde keine Datei gespeichert.`,
    unreachable: "Das Gateway ist nicht erreichbar.",
    goOn: "Fortsetzen",
    discard: "Verwerfen",
  },
};

export const auditTexts: Catalogue<Texts> = { en, de };
