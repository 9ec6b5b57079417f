import type { Catalogue } from "../../../texts/language.tsx";

const STANDARD = "https://schemas.openid.net/secevent/";

/** What an event is called, in a few letters: `session-revoked`. */
export const shortType = (type: string): string =>
  type.startsWith(STANDARD) ? type.slice(type.lastIndexOf("/") + 1) : type;

const en = {
  title: "Signals",
  streams: "Streams",
  lead: "Applications are told of sessions that ended and of people who changed, as security events.",
  columns: {
    stream: "Stream",
    application: "Application",
    state: "State",
    waiting: "Waiting",
    last: "Last delivered",
  },
  polled: "Polled",
  states: {
    delivering: "Delivering",
    failing: "Failing",
    stalled: "Not fetched",
    paused: "Paused",
    disabled: "Disabled",
  },
  events: (count: number) => (count === 1 ? "1 event" : `${count.toLocaleString("en")} events`),
  never: "Nothing yet",
  empty: {
    title: "No stream yet",
    text: "An application makes its stream itself, with its client id and secret. Then it hears within a second of whom to sign out.",
    ofAll: "Applications make their streams themselves. How is shown on the page of each.",
    public: "A stream takes a client secret, and this application has none.",
  },
  section: {
    lead: "Streams of security events that it made: it is told of sessions that ended, and of people whose roles, groups or profile changed.",
    howTo: "How it makes a stream",
    howToHelp:
      "It is pushed to, or without “delivery” polls. Put the client secret into the environment as SALLYPORT_CLIENT_SECRET.",
  },
  details: {
    state: "State",
    reason: "Its reason",
    by: {
      receiver: "Set by its application.",
      operator: "Set by an operator. Its application cannot enable it.",
      gatewayPaused:
        "The gateway paused it: nobody took events for about three hours. What comes is held, for 7 days and 10,000 events.",
      gatewayDisabled:
        "The gateway disabled it: too much was held for too long, and is lost. Enable it again; its application then looks at every session anew.",
    },
    stalled: "Nobody fetches its events. Look whether the application runs and polls.",
    delivery: "Delivery",
    push: (url: string) => `Pushed to ${url}`,
    poll: "Polled by the application",
    told: "Is told of",
    toldNothing: "Nothing that this gateway has",
    excluded: "Leaves out",
    subjects: (count: number) => (count === 1 ? "1 subject" : `${count.toLocaleString("en")} subjects`),
    waiting: "Waiting",
    oldest: "Oldest that waits",
    last: "Last delivered",
    error: "Last error",
    next: "Next attempt",
    id: "Stream id",
    made: "Made",
    deliveries: "Last events",
    noDeliveries: "None yet.",
    verifyAdvice: "Send a verification event to see whether it arrives.",
    tries: (count: number) => (count === 1 ? "1 try" : `${count} tries`),
    deliveryStates: { waiting: "Waiting", delivered: "Delivered", refused: "Refused" },
  },
  advice: {
    unreachable:
      "Nobody answered at its address: look at the name, the certificate, and that it is a public address.",
    redirected: "Redirects are not followed. Have the application give the address that they lead to.",
    badRequest:
      "It does not take the events for valid: have it expect this gateway as issuer and its client id as audience, and read the keys anew.",
    unauthorized: "It refuses what the gateway sends as authorization. Have the application set it anew.",
    notFound: "Nothing takes events at this address. Have the application correct it.",
    overloaded: "Its receiver is overloaded or broken. It is tried again by itself.",
    refused: "It refused this one event, which is not sent again. Why stands in the audit trail.",
  },
  acts: {
    verify: "Send verification event",
    verified: "A verification event is on its way. It comes after what waits.",
    retry: "Try now",
    resume: "Resume",
    pause: "Pause",
    pauseTitle: (name: string) => `Pause ${name}?`,
    pauseEffect: (waiting: number) =>
      `Its application is told, and cannot enable it. What comes is held, for 7 days and 10,000 events${waiting === 0 ? "" : `; ${waiting === 1 ? "1 event waits" : `${waiting.toLocaleString("en")} events wait`} already`}.`,
    reason: "Reason",
    reasonHelp: "Its application reads it.",
    remove: "Delete stream",
    removeTitle: (name: string) => `Delete ${name}?`,
    removeEffect: (waiting: number) =>
      `Its application hears of no ended session any more until it makes another stream${waiting === 0 ? "" : `, and ${waiting === 1 ? "1 event that waits is lost" : `${waiting.toLocaleString("en")} events that wait are lost`}`}.`,
  },
};

type Texts = typeof en;

const de: Texts = {
  title: "Signale",
  streams: "Streams",
  lead: "Anwendungen erfahren von beendeten Sitzungen und geänderten Personen, als Sicherheitsereignisse.",
  columns: {
    stream: "Stream",
    application: "Anwendung",
    state: "Zustand",
    waiting: "Wartet",
    last: "Zuletzt zugestellt",
  },
  polled: "Abgeholt",
  states: {
    delivering: "Stellt zu",
    failing: "Schlägt fehl",
    stalled: "Nicht abgeholt",
    paused: "Angehalten",
    disabled: "Ausgeschaltet",
  },
  events: (count) => (count === 1 ? "1 Ereignis" : `${count.toLocaleString("de")} Ereignisse`),
  never: "Noch nichts",
  empty: {
    title: "Noch kein Stream",
    text: "Eine Anwendung legt ihren Stream selbst an, mit Client-ID und Geheimnis. Dann erfährt sie binnen einer Sekunde, wen sie abmelden soll.",
    ofAll: "Anwendungen legen ihre Streams selbst an. Wie, steht auf der Seite jeder Anwendung.",
    public: "Ein Stream braucht ein Client-Geheimnis, und diese Anwendung hat keines.",
  },
  section: {
    lead: "Streams von Sicherheitsereignissen, die sie angelegt hat: Sie erfährt von beendeten Sitzungen und von Personen, deren Rollen, Gruppen oder Profil sich geändert haben.",
    howTo: "Wie sie einen Stream anlegt",
    howToHelp:
      "Ihr wird zugestellt, oder sie holt ab, wenn „delivery“ fehlt. Das Client-Geheimnis kommt als SALLYPORT_CLIENT_SECRET in die Umgebung.",
  },
  details: {
    state: "Zustand",
    reason: "Begründung",
    by: {
      receiver: "Von ihrer Anwendung gesetzt.",
      operator: "Von einem Betreiber gesetzt. Die Anwendung kann ihn nicht einschalten.",
      gatewayPaused:
        "Das Gateway hat ihn angehalten: Etwa drei Stunden lang nahm niemand Ereignisse an. Was kommt, wird aufgehoben, 7 Tage und 10.000 Ereignisse lang.",
      gatewayDisabled:
        "Das Gateway hat ihn ausgeschaltet: Zu viel wartete zu lange und ist verloren. Schalten Sie ihn wieder ein; die Anwendung prüft dann jede Sitzung neu.",
    },
    stalled: "Niemand holt seine Ereignisse ab. Sehen Sie nach, ob die Anwendung läuft und abholt.",
    delivery: "Zustellung",
    push: (url) => `Zugestellt an ${url}`,
    poll: "Von der Anwendung abgeholt",
    told: "Erfährt von",
    toldNothing: "Nichts, was dieses Gateway hat",
    excluded: "Lässt aus",
    subjects: (count) => (count === 1 ? "1 Subjekt" : `${count.toLocaleString("de")} Subjekte`),
    waiting: "Wartet",
    oldest: "Ältestes, das wartet",
    last: "Zuletzt zugestellt",
    error: "Letzter Fehler",
    next: "Nächster Versuch",
    id: "Stream-ID",
    made: "Angelegt",
    deliveries: "Letzte Ereignisse",
    noDeliveries: "Noch keine.",
    verifyAdvice: "Senden Sie ein Prüfereignis, um zu sehen, ob es ankommt.",
    tries: (count) => (count === 1 ? "1 Versuch" : `${count} Versuche`),
    deliveryStates: { waiting: "Wartet", delivered: "Zugestellt", refused: "Abgelehnt" },
  },
  advice: {
    unreachable:
      "Unter seiner Adresse antwortet niemand: Prüfen Sie Namen und Zertifikat, und dass die Adresse öffentlich ist.",
    redirected:
      "Weiterleitungen wird nicht gefolgt. Lassen Sie die Anwendung die Adresse angeben, zu der sie führen.",
    badRequest:
      "Er hält die Ereignisse nicht für gültig: Die Anwendung muss dieses Gateway als Issuer und ihre Client-ID als Audience erwarten und die Schlüssel neu lesen.",
    unauthorized:
      "Er lehnt ab, womit sich das Gateway ausweist. Lassen Sie die Anwendung die Authorization neu setzen.",
    notFound: "Unter dieser Adresse nimmt nichts Ereignisse an. Lassen Sie die Anwendung sie berichtigen.",
    overloaded: "Der Empfänger ist überlastet oder gestört. Es wird von selbst wieder versucht.",
    refused:
      "Dieses eine Ereignis hat er abgelehnt; es wird nicht wieder gesendet. Warum, steht im Protokoll.",
  },
  acts: {
    verify: "Prüfereignis senden",
    verified: "Ein Prüfereignis ist unterwegs. Es kommt nach dem, was wartet.",
    retry: "Jetzt versuchen",
    resume: "Fortsetzen",
    pause: "Anhalten",
    pauseTitle: (name) => `${name} anhalten?`,
    pauseEffect: (waiting) =>
      `Die Anwendung erfährt es und kann ihn nicht einschalten. Was kommt, wird aufgehoben, 7 Tage und 10.000 Ereignisse lang${waiting === 0 ? "" : `; ${waiting === 1 ? "1 Ereignis wartet" : `${waiting.toLocaleString("de")} Ereignisse warten`} schon`}.`,
    reason: "Begründung",
    reasonHelp: "Die Anwendung liest sie.",
    remove: "Stream löschen",
    removeTitle: (name) => `${name} löschen?`,
    removeEffect: (waiting) =>
      `Die Anwendung erfährt von keiner beendeten Sitzung mehr, bis sie einen neuen Stream anlegt${waiting === 0 ? "" : `, und ${waiting === 1 ? "1 Ereignis, das wartet, ist verloren" : `${waiting.toLocaleString("de")} Ereignisse, die warten, sind verloren`}`}.`,
  },
};

export type SignalsTexts = Texts;
export const signalsTexts: Catalogue<Texts> = { en, de };
