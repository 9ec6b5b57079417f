import type { Catalogue } from "../../../texts/language.tsx";

const days = (count: number) => (count === 1 ? "1 day" : `${count} days`);
const tage = (count: number) => (count === 1 ? "1 Tag" : `${count} Tagen`);

const en = {
  title: "Connections",
  lead: "The identity providers that people of this organization sign in with.",
  invite: "Make a setup link",
  columns: {
    name: "Name",
    type: "Protocol",
    state: "State",
    certificate: "Certificate ends",
    problems: "Problems",
  },
  active: "Active",
  disabled: "Disabled",
  noProblem: "None",
  problems: {
    certificateExpired: "The certificate has ended",
    certificateEnds: (count: number) => `The certificate ends in ${days(count)}`,
    heldBack: "A change of the metadata waits to be applied",
    metadata: "The metadata cannot be read",
  },
  empty: {
    title: "No connection yet",
    text: "A connection lets people sign in with their own identity provider. Send its administrator a setup link: it leads them through.",
  },
  lastLogin: "Last sign-in",
  never: "Never",
  change: "Change the settings",
  tabs: { change: "Change", settings: "Settings", logins: "Sign-ins", metadata: "Metadata", keys: "Keys" },
  name: "Name",
  nameHelp: "People see it where they choose how to sign in.",
  ours: {
    title: "Our values",
    lead: (product: string) => `What ${product} must be told. Click one to copy it.`,
    acsUrl: "Assertion Consumer Service (ACS) URL",
    entityId: "Entity ID (audience)",
    metadataUrl: "Metadata URL",
    logoutUrl: "Single logout URL",
    redirectUri: "Redirect URI",
    postLogoutRedirectUri: "Post-logout redirect URI",
    backchannelLogoutUri: "Back-channel logout URI",
    globalTokenRevocationUri: "Universal logout endpoint",
    jwksUri: "Keys (JWKS) URI",
  },
  universalLogout: {
    title: "Universal logout",
    lead: "The identity provider may have all sessions of a person ended, by a JWT that it signs (Okta: Universal Logout, Global Token Revocation). Register the endpoint above there.",
    issuer: "Issuer",
    issuerHelp: "The issuer (iss) of its JWTs. Okta's is the URL of the Okta organization.",
    jwksUri: "Address of its keys (JWKS)",
    jwksUriHelp: "Okta's is that URL with /oauth2/v1/keys behind it.",
    off: "Turn off",
  },
  theirs: {
    title: "The identity provider's values",
    lead: "They change by a draft, which is tested before anybody notices.",
    idpEntityId: "Entity ID (issuer)",
    ssoUrl: "Sign-in URL",
    metadataUrl: "Metadata URL",
    refreshed: "Metadata in force since",
    certificates: "Signing certificates",
    ends: "ends",
    issuer: "Issuer",
    clientId: "Client ID",
    scopes: "Scopes",
    id: "Connection",
    made: "Made",
    changed: "Changed",
  },
  acts: {
    disableLead: "Nobody signs in by a disabled connection. Its settings stay.",
    disable: "Disable connection",
    disableTitle: (name: string) => `Disable ${name}?`,
    disableAct: "Disable connection",
    enableLead: "Nobody can sign in by this connection now.",
    enable: "Enable connection",
    removeLead: "Deleting a connection also deletes who signed in by it as whom.",
    remove: "Delete connection",
    removeTitle: (name: string) => `Delete ${name}?`,
    removeEffect:
      "Its settings, keys and sign-in records are deleted, and the identities that people have by it. Nothing brings them back.",
    counting: "Counting who is signed in…",
    usage: (people: number, signedIn: number) =>
      `${people === 1 ? "1 person signs" : `${people} people sign`} in by it, ${signedIn} ${signedIn === 1 ? "is" : "are"} signed in now.`,
    sessionsEnd: (count: number) =>
      count === 0
        ? "Nobody is signed in by it now."
        : `${count === 1 ? "1 session ends" : `${count} sessions end`}, in every application.`,
  },
};

export type ConnectionsTexts = typeof en;

const de: ConnectionsTexts = {
  title: "Verbindungen",
  lead: "Die Identity Provider, mit denen sich die Menschen dieser Organisation anmelden.",
  invite: "Setup-Link anlegen",
  columns: {
    name: "Name",
    type: "Protokoll",
    state: "Zustand",
    certificate: "Zertifikat endet",
    problems: "Probleme",
  },
  active: "Aktiv",
  disabled: "Deaktiviert",
  noProblem: "Keine",
  problems: {
    certificateExpired: "Das Zertifikat ist abgelaufen",
    certificateEnds: (count) => `Das Zertifikat endet in ${tage(count)}`,
    heldBack: "Eine Änderung der Metadaten wartet auf Freigabe",
    metadata: "Die Metadaten lassen sich nicht lesen",
  },
  empty: {
    title: "Noch keine Verbindung",
    text: "Durch eine Verbindung melden sich Menschen mit ihrem eigenen Identity Provider an. Schicken Sie dessen Administrator einen Setup-Link: Er führt hindurch.",
  },
  lastLogin: "Letzte Anmeldung",
  never: "Nie",
  change: "Einstellungen ändern",
  tabs: {
    change: "Ändern",
    settings: "Einstellungen",
    logins: "Anmeldungen",
    metadata: "Metadaten",
    keys: "Schlüssel",
  },
  name: "Name",
  nameHelp: "Man sieht ihn, wo man wählt, wie man sich anmeldet.",
  ours: {
    title: "Unsere Werte",
    lead: (product) => `Was ${product} wissen muss. Ein Klick kopiert.`,
    acsUrl: "Assertion-Consumer-Service-URL (ACS)",
    entityId: "Entity-ID (Audience)",
    metadataUrl: "Metadaten-URL",
    logoutUrl: "Single-Logout-URL",
    redirectUri: "Redirect-URI",
    postLogoutRedirectUri: "Post-Logout-Redirect-URI",
    backchannelLogoutUri: "Back-Channel-Logout-URI",
    globalTokenRevocationUri: "Endpunkt für Universal Logout",
    jwksUri: "URI der Schlüssel (JWKS)",
  },
  universalLogout: {
    title: "Universal Logout",
    lead: "Der Identitätsanbieter darf alle Sitzungen einer Person beenden lassen, mit einem JWT, das er signiert (Okta: Universal Logout, Global Token Revocation). Tragen Sie dort den Endpunkt von oben ein.",
    issuer: "Aussteller",
    issuerHelp: "Der Aussteller (iss) seiner JWTs. Bei Okta ist es die URL der Okta-Organisation.",
    jwksUri: "Adresse seiner Schlüssel (JWKS)",
    jwksUriHelp: "Bei Okta ist es diese URL mit /oauth2/v1/keys dahinter.",
    off: "Abschalten",
  },
  theirs: {
    title: "Die Werte des Identity Providers",
    lead: "Sie ändern sich durch einen Entwurf, der getestet wird, ehe es jemand merkt.",
    idpEntityId: "Entity-ID (Issuer)",
    ssoUrl: "Anmelde-URL",
    metadataUrl: "Metadaten-URL",
    refreshed: "Metadaten gelten seit",
    certificates: "Signaturzertifikate",
    ends: "endet",
    issuer: "Issuer",
    clientId: "Client-ID",
    scopes: "Scopes",
    id: "Verbindung",
    made: "Angelegt",
    changed: "Geändert",
  },
  acts: {
    disableLead:
      "Durch eine deaktivierte Verbindung meldet sich niemand an. Ihre Einstellungen bleiben erhalten.",
    disable: "Verbindung deaktivieren",
    disableTitle: (name) => `${name} deaktivieren?`,
    disableAct: "Verbindung deaktivieren",
    enableLead: "Durch diese Verbindung kann sich gerade niemand anmelden.",
    enable: "Verbindung aktivieren",
    removeLead: "Mit einer Verbindung wird auch gelöscht, wer sich durch sie als wer angemeldet hat.",
    remove: "Verbindung löschen",
    removeTitle: (name) => `${name} löschen?`,
    removeEffect:
      "Ihre Einstellungen, Schlüssel und Anmeldungen werden gelöscht, auch die Identitäten, die Menschen durch sie haben. Nichts bringt sie zurück.",
    counting: "Es wird gezählt, wer angemeldet ist…",
    usage: (people, signedIn) =>
      `${people === 1 ? "1 Mensch meldet" : `${people} Menschen melden`} sich durch sie an, ${signedIn} ${signedIn === 1 ? "ist" : "sind"} gerade angemeldet.`,
    sessionsEnd: (count) =>
      count === 0
        ? "Gerade ist niemand durch sie angemeldet."
        : `${count === 1 ? "1 Sitzung endet" : `${count} Sitzungen enden`}, in jeder Anwendung.`,
  },
};

export const connectionsTexts: Catalogue<ConnectionsTexts> = { en, de };
