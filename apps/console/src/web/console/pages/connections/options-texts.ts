import type { Catalogue } from "../../../texts/language.tsx";

const en = {
  title: "More settings",
  saml: {
    signRequests: "Sign requests to the identity provider",
    forceAuthn: "Have people sign in anew each time",
    holdMetadataChanges: "Hold changes of the metadata until somebody applies them",
    allowSha1: "Take signatures by SHA-1",
  },
  samlHelp: {
    signRequests: "Some want it, and check by our certificate.",
    forceAuthn:
      "The identity provider asks for the password or the second factor even where it knows the person still.",
    holdMetadataChanges: "Else whoever controls the metadata URL can add a certificate.",
    allowSha1: "Broken: only until the identity provider can do better.",
  },
  authnContext: "Authentication contexts",
  authnContextHelp: "What is asked for, best first, with spaces between. Left empty: nothing.",
  groupsDelimiter: "Delimiter of groups",
  groupsDelimiterHelp:
    "Only where the identity provider sends all groups as one text, such as “a;b”: whoever names a group there can then name any other.",
  scopes: "Scopes",
  groupsClaim: "Claim that lists groups",
  groupsClaimHelp: "Its name, or a path into objects, such as realm_access.roles.",
  clientAuthentication: "How we authenticate there",
  oidc: {
    pushAuthorizationRequests: "Push authorization requests (PAR)",
    logoutAtIdp: "Sign people out there, too",
  },
  byDiscovery: "As its discovery document says",
  yes: "Yes",
  no: "No",
};

type Texts = typeof en;

const de: Texts = {
  title: "Weitere Einstellungen",
  saml: {
    signRequests: "Anfragen an den Identitätsanbieter signieren",
    forceAuthn: "Bei jeder Anmeldung neu anmelden lassen",
    holdMetadataChanges: "Änderungen der Metadaten anhalten, bis jemand sie übernimmt",
    allowSha1: "Signaturen mit SHA-1 annehmen",
  },
  samlHelp: {
    signRequests: "Manche verlangen es und prüfen mit unserem Zertifikat.",
    forceAuthn:
      "Der Identitätsanbieter fragt nach Passwort oder zweitem Faktor, auch wenn er die Person noch kennt.",
    holdMetadataChanges: "Sonst kann, wer die Metadaten-URL beherrscht, ein Zertifikat hinzufügen.",
    allowSha1: "Gebrochen: nur, bis der Identitätsanbieter Besseres kann.",
  },
  authnContext: "Authentifizierungskontexte",
  authnContextHelp: "Was verlangt wird, das Beste zuerst, mit Leerzeichen dazwischen. Leer: nichts.",
  groupsDelimiter: "Trennzeichen der Gruppen",
  groupsDelimiterHelp:
    "Nur wo der Identitätsanbieter alle Gruppen als einen Text sendet, etwa „a;b“: Wer dort eine Gruppe benennt, kann dann jede andere nennen.",
  scopes: "Scopes",
  groupsClaim: "Claim mit den Gruppen",
  groupsClaimHelp: "Sein Name, oder ein Pfad in Objekte, etwa realm_access.roles.",
  clientAuthentication: "Wie wir uns dort ausweisen",
  oidc: {
    pushAuthorizationRequests: "Autorisierungsanfragen vorab senden (PAR)",
    logoutAtIdp: "Auch dort abmelden",
  },
  byDiscovery: "Wie sein Discovery-Dokument es sagt",
  yes: "Ja",
  no: "Nein",
};

export const optionsTexts: Catalogue<Texts> = { en, de };
