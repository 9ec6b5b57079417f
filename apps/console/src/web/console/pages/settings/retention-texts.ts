import type { Catalogue } from "../../../texts/language.tsx";

const en = {
  lead: "What is older is deleted within the hour, and nothing brings it back.",
  forEver: "For ever",
  suffix: " days",
  bounds: (least: number, most: number | null) =>
    most !== null ? `From ${least} to ${most} days.` : least === 0 ? "" : `At least ${least} days.`,
  kinds: {
    deletedPeople: {
      label: "People who were deleted",
      help: "From their deletion, by a directory or by hand, to their erasure. Who is back by then stays.",
      forEver: "Never erase people who were deleted",
    },
    loginRecords: { label: "Login records", help: "Each sign-in, with what was checked.", forEver: "" },
    scimRequests: {
      label: "Requests of directories",
      help: "What directories sent, with its bodies.",
      forEver: "",
    },
    sessions: { label: "Sessions that have ended", help: "Behind their end.", forEver: "" },
    auditEvents: {
      label: "Audit trail",
      help: "Who did what. The oldest events go first.",
      forEver: "Keep the audit trail for ever",
    },
  },
  nothing: "Saved now, this deletes nothing.",
  planned: "Saved now, this deletes for good:",
  count: (what: string, count: number, more: boolean) => `${what}: ${count}${more ? " or more" : ""}`,
};

type Texts = typeof en;

const de: Texts = {
  lead: "Was älter ist, wird innerhalb einer Stunde gelöscht, und nichts bringt es zurück.",
  forEver: "Für immer",
  suffix: " Tage",
  bounds: (least, most) =>
    most !== null ? `Von ${least} bis ${most} Tage.` : least === 0 ? "" : `Mindestens ${least} Tage.`,
  kinds: {
    deletedPeople: {
      label: "Gelöschte Personen",
      help: "Vom Löschen, durch ein Verzeichnis oder von Hand, bis ihre Daten getilgt werden. Wer bis dahin zurück ist, bleibt.",
      forEver: "Daten gelöschter Personen nie tilgen",
    },
    loginRecords: {
      label: "Anmeldeprotokolle",
      help: "Jede Anmeldung mit dem, was geprüft wurde.",
      forEver: "",
    },
    scimRequests: {
      label: "Anfragen der Verzeichnisse",
      help: "Was Verzeichnisse gesendet haben, mit Inhalt.",
      forEver: "",
    },
    sessions: { label: "Beendete Sitzungen", help: "Nach ihrem Ende.", forEver: "" },
    auditEvents: {
      label: "Audit-Protokoll",
      help: "Wer was getan hat. Die ältesten Ereignisse gehen zuerst.",
      forEver: "Audit-Protokoll für immer behalten",
    },
  },
  nothing: "Jetzt gespeichert, löscht das nichts.",
  planned: "Jetzt gespeichert, löscht das endgültig:",
  count: (what, count, more) => `${what}: ${count}${more ? " oder mehr" : ""}`,
};

export const retentionTexts: Catalogue<Texts> = { en, de };
