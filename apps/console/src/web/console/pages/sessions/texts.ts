import type { Catalogue } from "../../../texts/language.tsx";

const en = {
  title: "Sessions",
  lead: "Who is signed in, and who was. A session that ends here ends in every application.",
  columns: { person: "Person", connection: "Connection", state: "State", began: "Began", ends: "Ends" },
  filters: { live: "State", user: "Person's id" },
  live: "Signed in",
  expired: "Expired",
  revoked: "Ended",
  gone: "Deleted connection",
  unnamed: "Without name",
  empty: {
    title: "Nobody has signed in yet",
    text: "Once a connection is active, each sign-in shows here, with the way it was made.",
  },
  details: {
    session: "Session (sid)",
    user: "Person",
    methods: "Methods (amr)",
    context: "Context (acr)",
    authenticated: "Authenticated at the IdP",
    notTold: "Not told",
    reason: "Ended because",
  },
  end: "End session",
  endTitle: (person: string) => `End ${person}'s session?`,
  endEffect:
    "Its tokens are refused from then on, and the applications that it was used in are told. The person may sign in again.",
};

type Texts = typeof en;

const de: Texts = {
  title: "Sitzungen",
  lead: "Wer angemeldet ist und wer es war. Eine Sitzung, die hier endet, endet in jeder Anwendung.",
  columns: { person: "Person", connection: "Verbindung", state: "Zustand", began: "Beginn", ends: "Ende" },
  filters: { live: "Zustand", user: "Kennung der Person" },
  live: "Angemeldet",
  expired: "Abgelaufen",
  revoked: "Beendet",
  gone: "Gelöschte Verbindung",
  unnamed: "Ohne Namen",
  empty: {
    title: "Noch hat sich niemand angemeldet",
    text: "Sobald eine Verbindung aktiv ist, steht hier jede Anmeldung, mit dem Weg, auf dem sie zustande kam.",
  },
  details: {
    session: "Sitzung (sid)",
    user: "Person",
    methods: "Verfahren (amr)",
    context: "Kontext (acr)",
    authenticated: "Beim IdP angemeldet",
    notTold: "Nicht angegeben",
    reason: "Beendet, weil",
  },
  end: "Sitzung beenden",
  endTitle: (person) => `Sitzung von ${person} beenden?`,
  endEffect:
    "Ihre Tokens werden von da an abgelehnt, und die Anwendungen, in denen sie benutzt wurde, erfahren es. Die Person kann sich neu anmelden.",
};

export const sessionsTexts: Catalogue<Texts> = { en, de };
