import type { Catalogue } from "../../../texts/language.tsx";

const en = {
  title: "Webhooks",
  lead: "Addresses that are told of what happens in this organization, as it happens.",
  gatewayLead: "Addresses that are told of what happens in every organization, and of what belongs to none.",
  create: "New webhook",
  columns: { url: "Address", description: "Description", types: "Events", state: "State", created: "Added" },
  typeCount: (count: number, first: string) =>
    count === 0 ? "All events" : count === 1 ? first : `${first} and ${count - 1} more`,
  states: {
    enabled: "Enabled",
    failing: "Failing",
    disabled: "Disabled",
    gone: "Gone",
    unreachable: "Unreachable",
  },
  empty: {
    title: "No webhook yet",
    text: "A webhook tells your own systems who may sign in no longer, what a directory changed, which session ended. Each message is signed.",
  },
  form: {
    url: "Address",
    urlHelp: "An https address that answers 2xx within 15 seconds.",
    types: "Events",
    typesHelp: "None chosen: all events, also of kinds to come.",
    allTypes: "All events",
    allOf: (pattern: string) => `${pattern} (all of these)`,
    noType: "No event by that name",
    clearTypes: "All events again",
    description: "Description",
    secret: "Signing secret",
    create: "Add webhook",
    done: "I have copied it",
  },
  tabs: { deliveries: "Deliveries", settings: "Settings" },
  test: "Send test event",
  testSent: "A test event is on its way. It shows below within two seconds.",
  notice: {
    failing: "Nothing reaches this address. The first failure:",
    failingAdvice: "Each delivery is tried for 24 hours; after three days of it the webhook is disabled.",
    disabled: "This webhook was disabled",
    gone: "The address answered that it is gone (410), and was disabled",
    unreachable: "Nothing had reached the address for days, and it was disabled",
    replayAdvice: "It is sent nothing. Once it is enabled, replay what it missed.",
    enable: "Enable webhook",
  },
  deliveries: {
    lead: "Of the last 30 days. Events of one resource go out one after the other.",
    one: "Delivery",
    type: "Event",
    resource: "About",
    status: "State",
    attempts: "Attempts",
    at: "Made",
    since: "Since",
    until: "Until",
    states: {
      pending: "Waiting",
      held: "Behind an earlier one",
      retrying: "Trying again",
      delivered: "Delivered",
      failed: "Failed",
    },
    error: "What went wrong",
    next: "Next attempt",
    id: "webhook-id",
    event: "Event id",
    sent: "Body",
    eventGone: "The event is not kept any more, so its body cannot be shown.",
    attempt: (number: number) => `Attempt ${number}`,
    answer: "Answer",
    took: "Took",
    headers: "Request headers",
    response: "Answer's body",
    replay: "Send again",
    sendNow: "Send now",
    empty: {
      title: "Nothing was sent yet",
      text: "What happens from now on shows here, each attempt with its request and answer. Send a test event to see one.",
    },
  },
  replay: {
    open: "Replay…",
    title: "Replay",
    lead: "The address is told again, under the same ids: it should drop what it has had.",
    since: "Since",
    times: { hour: "An hour ago", day: "A day ago", week: "A week ago", month: "30 days ago" },
    which: "What",
    kinds: {
      undelivered: "What failed, and what it was never told of",
      all: "Everything, also what was delivered",
    },
    act: "Replay",
    done: (count: number) =>
      count === 0
        ? "There is nothing to tell again."
        : count === 1
          ? "1 delivery is on its way."
          : `${count} deliveries are on their way.`,
    close: "Close",
  },
  danger: {
    rotate: "Rotate secret",
    rotateTitle: "Make a new signing secret?",
    rotateEffect: (hours: number) =>
      `For ${hours} hours each message is signed by both. Give your receiver the new one within that time: then the old one ends.`,
    disable: "Disable",
    disableTitle: (name: string) => `Disable ${name}?`,
    disableEffect: (pending: number) =>
      pending === 0
        ? "It is sent nothing any more. What happens meanwhile can be replayed for 30 days."
        : `${pending === 1 ? "1 delivery that waits fails" : `${pending} deliveries that wait fail`}, and it is sent nothing any more. All of that can be replayed for 30 days.`,
    remove: "Delete webhook",
    removeTitle: (name: string) => `Delete ${name}?`,
    removeEffect: (pending: number, failed: number) =>
      `It is told of nothing any more, and the record of its deliveries goes: ${pending} waiting, ${failed} failed. Nothing brings it back.`,
  },
};

type Texts = typeof en;

const de: Texts = {
  title: "Webhooks",
  lead: "Adressen, die erfahren, was in dieser Organisation geschieht, sobald es geschieht.",
  gatewayLead: "Adressen, die erfahren, was in allen Organisationen geschieht, und was zu keiner gehört.",
  create: "Neuer Webhook",
  columns: {
    url: "Adresse",
    description: "Beschreibung",
    types: "Ereignisse",
    state: "Zustand",
    created: "Angelegt",
  },
  typeCount: (count, first) =>
    count === 0 ? "Alle Ereignisse" : count === 1 ? first : `${first} und ${count - 1} mehr`,
  states: {
    enabled: "Aktiv",
    failing: "Scheitert",
    disabled: "Abgeschaltet",
    gone: "Fort",
    unreachable: "Unerreichbar",
  },
  empty: {
    title: "Noch kein Webhook",
    text: "Ein Webhook sagt Ihren eigenen Systemen, wer sich nicht mehr anmelden darf, was ein Verzeichnis geändert hat, welche Sitzung zu Ende ist. Jede Nachricht ist signiert.",
  },
  form: {
    url: "Adresse",
    urlHelp: "Eine https-Adresse, die binnen 15 Sekunden mit 2xx antwortet.",
    types: "Ereignisse",
    typesHelp: "Keines gewählt: alle Ereignisse, auch künftige Arten.",
    allTypes: "Alle Ereignisse",
    allOf: (pattern) => `${pattern} (alle diese)`,
    noType: "Kein Ereignis dieses Namens",
    clearTypes: "Wieder alle Ereignisse",
    description: "Beschreibung",
    secret: "Signaturgeheimnis",
    create: "Webhook anlegen",
    done: "Ich habe es kopiert",
  },
  tabs: { deliveries: "Zustellungen", settings: "Einstellungen" },
  test: "Testereignis senden",
  testSent: "Ein Testereignis ist unterwegs. Es erscheint unten binnen zwei Sekunden.",
  notice: {
    failing: "Nichts erreicht diese Adresse. Der erste Fehlschlag:",
    failingAdvice:
      "Jede Zustellung wird 24 Stunden lang versucht; nach drei Tagen wird der Webhook abgeschaltet.",
    disabled: "Dieser Webhook wurde abgeschaltet",
    gone: "Die Adresse hat geantwortet, dass es sie nicht mehr gibt (410), und wurde abgeschaltet",
    unreachable: "Die Adresse hat tagelang nichts angenommen und wurde abgeschaltet",
    replayAdvice: "Sie bekommt nichts. Ist sie wieder aktiv, holen Sie nach, was ihr entging.",
    enable: "Webhook einschalten",
  },
  deliveries: {
    lead: "Der letzten 30 Tage. Ereignisse einer Ressource gehen nacheinander hinaus.",
    one: "Zustellung",
    type: "Ereignis",
    resource: "Worüber",
    status: "Zustand",
    attempts: "Versuche",
    at: "Angelegt",
    since: "Seit",
    until: "Bis",
    states: {
      pending: "Wartet",
      held: "Hinter einer früheren",
      retrying: "Neuer Versuch",
      delivered: "Zugestellt",
      failed: "Gescheitert",
    },
    error: "Was schiefging",
    next: "Nächster Versuch",
    id: "webhook-id",
    event: "Ereignis-Kennung",
    sent: "Inhalt",
    eventGone: "Das Ereignis ist nicht mehr aufbewahrt, sein Inhalt kann nicht gezeigt werden.",
    attempt: (number) => `Versuch ${number}`,
    answer: "Antwort",
    took: "Dauer",
    headers: "Kopfzeilen der Anfrage",
    response: "Inhalt der Antwort",
    replay: "Erneut senden",
    sendNow: "Jetzt senden",
    empty: {
      title: "Noch nichts gesendet",
      text: "Was von nun an geschieht, erscheint hier, jeder Versuch mit Anfrage und Antwort. Senden Sie ein Testereignis, um eines zu sehen.",
    },
  },
  replay: {
    open: "Nachholen…",
    title: "Nachholen",
    lead: "Die Adresse erfährt es erneut, unter denselben Kennungen: Was sie schon hatte, sollte sie verwerfen.",
    since: "Seit",
    times: { hour: "Vor einer Stunde", day: "Vor einem Tag", week: "Vor einer Woche", month: "Vor 30 Tagen" },
    which: "Was",
    kinds: {
      undelivered: "Was scheiterte, und was sie nie erfuhr",
      all: "Alles, auch was zugestellt wurde",
    },
    act: "Nachholen",
    done: (count) =>
      count === 0
        ? "Es gibt nichts nachzuholen."
        : count === 1
          ? "1 Zustellung ist unterwegs."
          : `${count} Zustellungen sind unterwegs.`,
    close: "Schließen",
  },
  danger: {
    rotate: "Geheimnis erneuern",
    rotateTitle: "Ein neues Signaturgeheimnis anlegen?",
    rotateEffect: (hours) =>
      `${hours} Stunden lang ist jede Nachricht mit beiden signiert. Geben Sie Ihrem Empfänger in dieser Zeit das neue: Danach endet das alte.`,
    disable: "Abschalten",
    disableTitle: (name) => `${name} abschalten?`,
    disableEffect: (pending) =>
      pending === 0
        ? "Sie bekommt nichts mehr. Was inzwischen geschieht, lässt sich 30 Tage lang nachholen."
        : `${pending === 1 ? "1 wartende Zustellung scheitert" : `${pending} wartende Zustellungen scheitern`}, und sie bekommt nichts mehr. All das lässt sich 30 Tage lang nachholen.`,
    remove: "Webhook löschen",
    removeTitle: (name) => `${name} löschen?`,
    removeEffect: (pending, failed) =>
      `Sie erfährt nichts mehr, und die Aufzeichnung ihrer Zustellungen geht verloren: ${pending} wartend, ${failed} gescheitert. Nichts bringt sie zurück.`,
  },
};

export const webhooksTexts: Catalogue<Texts> = { en, de };
