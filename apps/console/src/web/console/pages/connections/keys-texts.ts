import type { Catalogue } from "../../../texts/language.tsx";

const en = {
  title: "Keys",
  lead: "The connection's own key pairs: they sign what the identity provider is sent, and decrypt what it encrypts.",
  columns: { key: "Key", state: "State", ends: "Certificate ends", read: "Metadata read" },
  state: { signing: "Signing", standby: "Standing by", retired: "Retired" },
  notRead: "Not yet",
  certificate: "Copy certificate",
  copied: "Certificate copied",
  create: "Create a second key",
  activate: "Activate",
  activateTitle: "Have this key sign?",
  activateRead: "The other key stands by, and can be activated again.",
  activateUnread:
    "Nobody has read the metadata with this key yet. An identity provider that checks our signatures, and was not given the certificate by hand, refuses sign-ins from then on. The way back is to activate the other key again.",
  activateAct: "Activate key",
  retire: "Retire",
  retireTitle: "Retire this key?",
  retireEffect:
    "It leaves the metadata, and its private key is wiped. An identity provider that still encrypts for it signs nobody in until it has read the metadata again.",
  retireAct: "Retire key",
  empty: {
    title: "No key yet",
    text: "The first is made when it is needed, at the latest when the connection's metadata is read.",
    create: "Create the first key",
  },
};

type Texts = typeof en;

const de: Texts = {
  title: "Schlüssel",
  lead: "Die eigenen Schlüsselpaare der Verbindung: Sie signieren, was der Identity Provider bekommt, und entschlüsseln, was er verschlüsselt.",
  columns: { key: "Schlüssel", state: "Zustand", ends: "Zertifikat endet", read: "Metadaten gelesen" },
  state: { signing: "Signiert", standby: "Steht bereit", retired: "Ausgemustert" },
  notRead: "Noch nicht",
  certificate: "Zertifikat kopieren",
  copied: "Zertifikat kopiert",
  create: "Zweiten Schlüssel anlegen",
  activate: "Aktivieren",
  activateTitle: "Mit diesem Schlüssel signieren?",
  activateRead: "Der andere Schlüssel steht dann bereit und lässt sich wieder aktivieren.",
  activateUnread:
    "Noch hat niemand die Metadaten mit diesem Schlüssel gelesen. Ein Identity Provider, der unsere Signaturen prüft und das Zertifikat nicht von Hand bekommen hat, lehnt Anmeldungen von da an ab. Zurück geht es, indem Sie den anderen Schlüssel wieder aktivieren.",
  activateAct: "Schlüssel aktivieren",
  retire: "Ausmustern",
  retireTitle: "Diesen Schlüssel ausmustern?",
  retireEffect:
    "Er verschwindet aus den Metadaten, und sein privater Teil wird gelöscht. Ein Identity Provider, der noch für ihn verschlüsselt, meldet niemanden an, bis er die Metadaten neu gelesen hat.",
  retireAct: "Schlüssel ausmustern",
  empty: {
    title: "Noch kein Schlüssel",
    text: "Der erste entsteht, wenn er gebraucht wird, spätestens wenn jemand die Metadaten der Verbindung liest.",
    create: "Ersten Schlüssel anlegen",
  },
};

export const keysTexts: Catalogue<Texts> = { en, de };
