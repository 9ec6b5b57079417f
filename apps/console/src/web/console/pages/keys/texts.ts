import type { Catalogue } from "../../../texts/language.tsx";

const en = {
  title: "Keys",
  lead: "What signs tokens, and what seals the secrets that are stored.",
  signing: {
    title: "Signing keys",
    lead: "Applications verify tokens by these, from the JWKS. A new key is published before it signs.",
    columns: { key: "Key (kid)", algorithm: "Algorithm", state: "State", made: "Made" },
    signs: "Signs",
    published: "Still published",
    distrusted: "Distrusted",
    rotate: "Rotate",
    rotateTitle: "Rotate the signing keys?",
    rotateEffect:
      "A new key for each algorithm is published now, and signs once applications have had time to read it. Nobody is signed out.",
    rotateAct: "Rotate keys",
    distrust: "Distrust",
    distrustTitle: "Distrust this key?",
    distrustEffect:
      "For when somebody else may have it. It leaves the JWKS, and every token that it signed is refused from then on, everywhere.",
    distrustAct: "Distrust key",
    empty: { title: "No signing key yet", text: "The first is made when it is needed." },
  },
  encryption: {
    title: "Encryption keys",
    lead: "From SALLYPORT_ENCRYPTION_KEYS, the newest first. Secrets at rest are sealed by them.",
    columns: { key: "Key", use: "Use", needed: "Seals", retire: "Can be taken out" },
    use: { current: "Seals what is new", older: "Opens what it sealed", missing: "Missing, but needed" },
    values: (count: number) => (count === 1 ? "1 value" : `${count} values`),
    yes: "Yes",
    no: "Not yet",
  },
};

type Texts = typeof en;

const de: Texts = {
  title: "Schlüssel",
  lead: "Was Tokens signiert, und was gespeicherte Geheimnisse versiegelt.",
  signing: {
    title: "Signaturschlüssel",
    lead: "Damit prüfen Anwendungen Tokens, aus dem JWKS. Ein neuer Schlüssel wird veröffentlicht, bevor er signiert.",
    columns: { key: "Schlüssel (kid)", algorithm: "Verfahren", state: "Zustand", made: "Erzeugt" },
    signs: "Signiert",
    published: "Noch veröffentlicht",
    distrusted: "Nicht mehr vertraut",
    rotate: "Wechseln",
    rotateTitle: "Signaturschlüssel wechseln?",
    rotateEffect:
      "Für jedes Verfahren wird jetzt ein neuer Schlüssel veröffentlicht; er signiert, sobald Anwendungen ihn lesen konnten. Niemand wird abgemeldet.",
    rotateAct: "Schlüssel wechseln",
    distrust: "Misstrauen",
    distrustTitle: "Diesem Schlüssel misstrauen?",
    distrustEffect:
      "Für den Fall, dass ihn sonst jemand hat. Er verlässt das JWKS, und jedes Token, das er signiert hat, wird von da an überall abgelehnt.",
    distrustAct: "Schlüssel misstrauen",
    empty: { title: "Noch kein Signaturschlüssel", text: "Der erste entsteht, sobald er gebraucht wird." },
  },
  encryption: {
    title: "Verschlüsselung",
    lead: "Aus SALLYPORT_ENCRYPTION_KEYS, der neueste zuerst. Sie versiegeln gespeicherte Geheimnisse.",
    columns: { key: "Schlüssel", use: "Verwendung", needed: "Versiegelt", retire: "Kann entfernt werden" },
    use: {
      current: "Versiegelt Neues",
      older: "Öffnet, was er versiegelt hat",
      missing: "Fehlt, wird aber gebraucht",
    },
    values: (count) => (count === 1 ? "1 Wert" : `${count} Werte`),
    yes: "Ja",
    no: "Noch nicht",
  },
};

export const keysTexts: Catalogue<Texts> = { en, de };
