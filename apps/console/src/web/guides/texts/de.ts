import type { GuideTexts } from "../guide.ts";

export const de: GuideTexts = {
  "okta.saml.create": {
    title: "App-Integration anlegen",
    body: "Legen Sie in der Admin Console eine App mit SAML 2.0 an. Nennen Sie sie so, wie Ihre Leute sie sehen sollen.",
    pitfalls: ["In der neuesten Konsole heißt das Menü Applications and Resources."],
  },
  "okta.saml.configure": {
    title: "Unsere Adressen eintragen",
    body: "Default RelayState bleibt leer. Wird das Name-ID-Format später geändert, gelten alle als neue Personen.",
  },
  "okta.saml.attributes": {
    title: "Attribute senden",
    body: "Ohne sie sendet Okta nur den Benutzernamen, und es fehlt die E-Mail-Adresse.",
    pitfalls: [
      "Die ältere Seite Attribute Statements (optional) nimmt stattdessen user.email, user.firstName und user.lastName.",
      "Für Gruppen: ein Group Attribute Statement namens groups, mit einem Filter auf Ihr Präfix.",
    ],
  },
  "okta.saml.assign": {
    title: "Personen zuweisen",
    body: "Wer nicht zugewiesen ist, wird von Okta abgewiesen, und wir sehen nichts davon.",
  },
  "okta.saml.metadata": {
    title: "Metadaten-URL kopieren",
    body: "Sie steht als Erstes unter Metadata details.",
    pitfalls: ["Mit Identity Threat Protection heißt der Reiter Authentication."],
  },
  "okta.oidc.create": {
    title: "App-Integration anlegen",
    body: "Wählen Sie OpenID Connect und Web Application.",
  },
  "okta.oidc.assign": {
    title: "Personen zuweisen",
    body: "Beschränken Sie den Zugang auf die nötigen Gruppen. Wer nicht zugewiesen ist, wird von Okta abgewiesen.",
  },
  "okta.oidc.credentials": {
    title: "Zugangsdaten kopieren",
    body: "Der Issuer ist Ihre Okta-Domain, etwa https://acme.okta.com.",
    pitfalls: ["https://acme.okta.com/oauth2/default ist ein anderer Issuer: nur, wenn Sie ihn meinen."],
  },
  "okta.scim.enable": {
    title: "Provisioning einschalten",
    body: "Es wird an der SAML-App angeboten, die Sie angelegt haben.",
    pitfalls: [
      "Eine OpenID-Connect-App aus dem Assistenten bietet kein SCIM: Legen Sie dafür eine zweite App an.",
    ],
  },
  "okta.scim.connect": {
    title: "Adresse und Token eintragen",
    body: "Haken Sie Push New Users, Push Profile Updates und Push Groups an, dann Test Connector Configuration. Das Wort Bearer setzt Okta selbst davor.",
  },
  "okta.scim.actions": { title: "Festlegen, was übertragen wird", body: "Sync Password bleibt aus." },
  "okta.scim.groups": {
    title: "Gruppen übertragen",
    body: "Haken Sie Push group memberships immediately an.",
    pitfalls: [
      "Eine Gruppe zuzuweisen überträgt sie nicht.",
      "Nehmen Sie eine Gruppe zum Zuweisen und eine andere zum Übertragen: Mit derselben stimmen die Mitgliedschaften nicht.",
    ],
  },
  "entra.saml.create": {
    title: "Anwendung anlegen",
    body: "Legen Sie in entra.microsoft.com eine eigene Anwendung außerhalb der Galerie an.",
    pitfalls: ["Ältere Konsolen: Identity, Applications, Enterprise applications."],
  },
  "entra.saml.configure": {
    title: "Unsere Adressen eintragen",
    body: "Relay State bleibt leer. Speichern Sie.",
    pitfalls: ["Entra fragt, ob Single Sign-on getestet werden soll: Nein, getestet wird auf dieser Seite."],
  },
  "entra.saml.claims": {
    title: "Gruppen senden, wenn Sie sie brauchen",
    body: "Name, E-Mail-Adresse und Objekt-ID kommen von selbst.",
    pitfalls: [
      "Konten ohne Postfach haben kein user.mail: Bilden Sie emailaddress für sie auf user.userprincipalname ab.",
      "Ab 150 Gruppen sendet Entra gar keine: Mit den der Anwendung zugewiesenen bleiben Sie darunter.",
    ],
  },
  "entra.saml.assign": {
    title: "Personen zuweisen",
    body: "Wer nicht zugewiesen ist, sieht bei Microsoft AADSTS50105.",
  },
  "entra.saml.metadata": {
    title: "Metadaten-URL kopieren",
    body: "Das Zertifikat gilt drei Jahre; über diese URL folgen wir dem nächsten.",
  },
  "entra.oidc.register": {
    title: "Anwendung registrieren",
    body: "Nur ein Mandant: Sonst könnten sich Leute anderer Firmen anmelden.",
  },
  "entra.oidc.secret": {
    title: "Client-Secret erzeugen",
    body: "Es gilt höchstens 24 Monate: Merken Sie sich das Ende.",
    pitfalls: ["Kopieren Sie die Spalte Value, nicht Secret ID."],
  },
  "entra.oidc.claims": { title: "E-Mail-Adresse senden", body: "Diese Claims kommen nicht von selbst." },
  "entra.oidc.credentials": {
    title: "IDs kopieren",
    body: "Der Issuer ist https://login.microsoftonline.com/, die ID Ihres Mandanten und /v2.0.",
  },
  "entra.scim.connect": {
    title: "Adresse und Token eintragen",
    body: "Dann Test connection und Create. Das Token ohne das Wort Bearer.",
    pitfalls: [
      "Eine Anwendung aus App registrations hat kein Provisioning: Legen Sie eine zweite außerhalb der Galerie an.",
      "Mit leerem Secret token sendet Entra ein eigenes, das wir ablehnen.",
    ],
  },
  "entra.scim.mapping": {
    title: "externalId auf die Objekt-ID abbilden",
    body: "So werden Übertragene und Angemeldete als dieselbe Person erkannt.",
  },
  "entra.scim.assign": {
    title: "Personen und Gruppen zuweisen",
    body: "Nur sie werden übertragen. Mitglieder von Gruppen in Gruppen nicht.",
  },
  "entra.scim.start": {
    title: "Jemanden sofort übertragen",
    body: "Ein Durchgang dauert etwa 40 Minuten, auf Anforderung sind es Sekunden. Dann Start provisioning.",
  },
  "google.saml.create": { title: "App hinzufügen", body: "In admin.google.com, als Super Admin." },
  "google.saml.metadata": {
    title: "Metadaten herunterladen",
    body: "Google hat keine Metadaten-URL: Merken Sie sich das Ende des Zertifikats und geben Sie uns vorher die neue Datei.",
  },
  "google.saml.configure": { title: "Unsere Adressen eintragen", body: "Signed response bleibt ohne Haken." },
  "google.saml.attributes": {
    title: "Attribute abbilden",
    body: "Die Namen rechts sind unsere, genau so.",
    pitfalls: ["Gruppen werden einzeln gewählt, höchstens 75. Eine umbenannte muss neu gewählt werden."],
  },
  "google.saml.access": {
    title: "Einschalten",
    body: "Es ist anfangs aus: Dann sehen Ihre Leute bei Google app_not_enabled_for_user.",
  },
  "onelogin.saml.create": {
    title: "App hinzufügen",
    body: "Nennen Sie sie so, wie Ihre Leute sie sehen sollen, und speichern Sie.",
  },
  "onelogin.saml.configure": {
    title: "Unsere Adressen eintragen",
    body: "Speichern Sie am Ende.",
    pitfalls: [
      "ACS (Consumer) URL Validator ist ein regulärer Ausdruck: unsere Adresse mit ^ davor, $ dahinter und einem Backslash vor jedem Punkt.",
    ],
  },
  "onelogin.saml.attributes": {
    title: "Attribute senden",
    body: "Haken Sie bei jedem Include in SAML assertion an.",
    pitfalls: ["Bei groups Multi-value parameter anhaken, sonst kommen alle Rollen als ein Text."],
  },
  "onelogin.saml.assign": {
    title: "Personen zuweisen",
    body: "Über eine Rolle oder bei der Person selbst unter Applications.",
  },
  "onelogin.saml.metadata": {
    title: "Issuer URL kopieren",
    body: "Sie ist zugleich die Metadaten-URL.",
    pitfalls: ["Stellen Sie SAML Signature Algorithm auf SHA-256: Alte Apps haben SHA-1."],
  },
  "onelogin.oidc.create": { title: "App hinzufügen", body: "Speichern Sie am Ende." },
  "onelogin.oidc.credentials": { title: "Zugangsdaten kopieren", body: "Der Issuer steht darunter." },
  "onelogin.scim.connect": { title: "Adresse und Token eintragen", body: "Dann API Connection, Enable." },
  "onelogin.scim.enable": {
    title: "Provisioning einschalten",
    body: "Bei gelöschten Benutzern: Suspend wählen.",
    pitfalls: [
      "Haken bei Require admin approval entfernen, sonst wartet jede Person als Pending.",
      "Eine gelöschte Gruppe wird nie gemeldet: Leeren Sie sie vorher.",
    ],
  },
  "jumpcloud.saml.create": {
    title: "Anwendung hinzufügen",
    body: "Dann Save Application und Configure Application.",
  },
  "jumpcloud.saml.configure": {
    title: "Unsere Adressen eintragen",
    body: "IdP Entity ID wählen Sie selbst: Sie muss eindeutig sein, und unsere Seite fragt danach.",
    pitfalls: ["Haken Sie Declare Redirect Endpoint an."],
  },
  "jumpcloud.saml.attributes": {
    title: "Attribute abbilden",
    body: "Die Namen links sind unsere, genau so.",
  },
  "jumpcloud.saml.assign": {
    title: "Gruppen zuweisen",
    body: "Wer in keiner ist, wird von JumpCloud abgewiesen.",
  },
  "jumpcloud.saml.metadata": {
    title: "Aktivieren und Metadaten-URL kopieren",
    body: "Sie steht auf dem Reiter SSO.",
  },
  "jumpcloud.oidc.create": {
    title: "Anwendung hinzufügen",
    body: "Unter Attribute Mapping Email und Profile anhaken.",
  },
  "jumpcloud.oidc.credentials": {
    title: "Zugangsdaten kopieren",
    body: "Sie werden einmal gezeigt. Der Issuer ist https://oauth.id.jumpcloud.com.",
  },
  "jumpcloud.scim.connect": {
    title: "Adresse und Token eintragen",
    body: "An der SAML-App. Group Management einschalten, dann Test Connection, Activate, Save.",
    pitfalls: ["Der Test legt aus der Test User Email eine wirkliche Person an und entfernt sie wieder."],
  },
  "pingone.saml.create": { title: "Anwendung anlegen", body: "Schalten Sie sie am Ende ein." },
  "pingone.saml.attributes": {
    title: "Attribute abbilden",
    body: "Die Namen links sind unsere.",
    pitfalls: ["saml_subject ist anfangs die User ID."],
  },
  "pingone.saml.assign": { title: "Zugang festlegen", body: "Ohne Gruppe haben ihn alle." },
  "pingone.saml.metadata": {
    title: "Metadaten-URL kopieren",
    body: "Sie steht in der Liste des Reiters Configuration.",
  },
  "pingone.oidc.create": {
    title: "Anwendung anlegen",
    body: "Bilden Sie email, given_name und family_name ab. Schalten Sie sie ein.",
  },
  "pingone.oidc.credentials": { title: "Zugangsdaten kopieren", body: "Issuer ID ist der Issuer." },
  "pingone.scim.connect": { title: "Verbindung anlegen", body: "Test Connection, Save und einschalten." },
  "pingone.scim.rule": {
    title: "Regel anlegen",
    body: "Von PingOne zur Verbindung: ein User Filter und unter Group Provisioning die Gruppen. Einschalten: Es wird sofort gesendet.",
  },
  "adfs.saml.create": {
    title: "Relying Party Trust anlegen",
    body: "Claims aware. Über die Adresse der Föderationsmetadaten, sonst über die beiden Adressen darunter.",
  },
  "adfs.saml.claims": { title: "Attribute senden", body: "Aus dem Speicher Active Directory." },
  "adfs.saml.nameid": {
    title: "Name ID senden",
    body: "Ohne diese zweite Regel antwortet AD FS mit InvalidNameIDPolicy.",
  },
  "adfs.saml.metadata": {
    title: "Metadaten finden",
    body: "Sie liegen unter https://Ihr Host/FederationMetadata/2007-06/FederationMetadata.xml.",
    pitfalls: [
      "Von außen sind sie oft nicht erreichbar: Nehmen Sie dann die Datei.",
      "Das Zertifikat wechselt jedes Jahr von selbst: Mit der Datei allein endet dann die Anmeldung.",
    ],
  },
  "keycloak.saml.create": {
    title: "Client anlegen",
    body: "Force POST binding und Sign assertions bleiben an.",
  },
  "keycloak.saml.keys": {
    title: "Keine signierten Anfragen verlangen",
    body: "Oder unser Signaturzertifikat importieren.",
  },
  "keycloak.saml.mappers": {
    title: "Attribute senden",
    body: "Für Gruppen: ein Mapper Group list namens groups, Full group path aus.",
  },
  "keycloak.saml.metadata": { title: "Metadaten-URL kopieren", body: "Es ist die Adresse dieses Links." },
  "keycloak.oidc.create": {
    title: "Client anlegen",
    body: "Für Gruppen: ein Mapper Group Membership mit dem Claim-Namen groups.",
  },
  "keycloak.oidc.credentials": {
    title: "Secret kopieren",
    body: "Der Issuer ist https://Ihr Host/realms/Ihr Realm.",
  },
  "auth0.saml.create": {
    title: "Add-on einschalten",
    body: "audience steht im JSON unter Settings. Einschalten und speichern.",
    pitfalls: ["Lassen Sie signResponse auf false: Dann ist die Assertion signiert."],
  },
  "auth0.saml.metadata": { title: "Metadaten-URL kopieren", body: "Es ist die Adresse dieses Links." },
  "auth0.oidc.create": { title: "Anwendung anlegen", body: "Speichern Sie am Ende." },
  "auth0.oidc.credentials": {
    title: "Zugangsdaten kopieren",
    body: "Der Issuer ist https://, Ihre Domain und ein Schrägstrich am Ende.",
  },
  "generic.saml.configure": {
    title: "Service Provider anlegen",
    body: "Über unsere Metadaten-URL, wenn das Produkt eine liest, sonst über die beiden Adressen.",
  },
  "generic.saml.attributes": {
    title: "Attribute senden",
    body: "email ist nötig. Die Assertion mit RSA-SHA256 oder besser signieren.",
  },
  "generic.oidc.configure": {
    title: "Vertraulichen Client anlegen",
    body: "Für den Authorization Code Flow, mit den Scopes openid, profile und email.",
  },
  "generic.saml.metadata": {
    title: "Kopieren, was ihn beschreibt",
    body: "Seine Metadaten, als Adresse oder Datei, wenn er welche hat, sonst diese drei.",
  },
  "generic.oidc.credentials": {
    title: "Zugangsdaten kopieren",
    body: "Die Adresse des Discovery-Dokuments tut es so gut wie der Issuer.",
  },
  "generic.scim.connect": {
    title: "Adresse und Token eintragen",
    body: "Lassen Sie Personen deaktivieren, nicht löschen, wo das Produkt die Wahl lässt.",
  },
  "rippling.saml.create": {
    title: "Eigene App anlegen",
    body: "Geben Sie ihr Namen, Kategorie und Logo, und bestätigen Sie, dass Sie der Application Admin sind.",
    pitfalls: [
      "In neueren Konsolen ist der Weg IT › Third-Party Access › Add integration › Create a new custom integration.",
    ],
  },
  "rippling.saml.metadata": {
    title: "Metadaten-URL kopieren",
    body: "Darunter gibt es dasselbe als Datei. Nehmen Sie die URL: Dem nächsten Zertifikat wird von selbst gefolgt.",
  },
  "rippling.saml.configure": {
    title: "Unsere Adressen eintragen",
    body: "Die Felder stehen weiter unten auf derselben Seite.",
  },
  "rippling.saml.access": {
    title: "Sagen, wer sie bekommt",
    body: "Zugangsregeln, Zeitpunkt und Admins nach Belieben. Danach Visit the app.",
  },
  "rippling.saml.attributes": {
    title: "Attribute senden",
    body: "Jedes als Global attribute. Die Namen links sind unsere, genau so.",
    pitfalls: ["Für Gruppen: ein Group attribute namens groups, mit den Werten, die Sie Gruppen zuordnen."],
  },
  "rippling.saml.unsolicited": {
    title: "InResponseTo weglassen, wo nichts gefragt wurde",
    body: "Anmeldungen von Ripplings eigener Seite tragen sonst ein erfundenes und werden abgelehnt.",
  },
  "rippling.scim.create": {
    title: "Eigene App anlegen",
    body: "Es darf die sein, über die Ihre Leute sich anmelden.",
  },
  "rippling.scim.configure": {
    title: "Unsere Adresse eintragen",
    body: "Haken Sie an, was zu Gruppen, Seiten, dem Löschen von Gruppen und PATCH von Gruppen da steht.",
  },
  "rippling.scim.token": {
    title: "Token eintragen",
    body: "Ordnen Sie dann Ihre Leute zu, legen Sie die Gruppen der App an, und stellen Sie jedes Attribut auf On user creation and updates.",
  },
  "cyberark.saml.create": {
    title: "Web-App hinzufügen",
    body: "Im Identity Administration Portal. Bestätigen Sie mit Yes, schließen Sie den Katalog, und speichern Sie den Namen.",
  },
  "cyberark.saml.configure": { title: "Unsere Adressen eintragen", body: "Speichern Sie am Ende." },
  "cyberark.saml.attributes": {
    title: "Attribute senden",
    body: "Attribute Name ist unserer, genau so; Attribute Value wählen Sie im Menü dahinter.",
  },
  "cyberark.saml.assign": {
    title: "Leute hineinlassen",
    body: "Suchen Sie Rollen, Gruppen oder Personen. Die App steht danach auf Deployed.",
  },
  "cyberark.saml.metadata": {
    title: "Metadaten-URL kopieren",
    body: "Sie steht im oberen Teil der Seite Trust.",
  },
  "shibboleth.saml.provider": {
    title: "Unsere Metadaten hinzufügen",
    body: "Als weiteren Provider in der Kette, die schon da ist. Die Datei wählen Sie; sie muss beschreibbar sein.",
  },
  "shibboleth.saml.release": {
    title: "Attribute freigeben",
    body: "Ohne das wird nichts als eine vorübergehende NameID gesendet.",
  },
  "shibboleth.saml.nameid": {
    title: "Eine dauerhafte NameID senden",
    body: "Vorgegeben ist „transient“: Jede Anmeldung wäre jemand anders.",
    pitfalls: [
      "Wer eine neue Adresse bekommt, gilt damit als neue Person: Gibt es bei Ihnen subject-id, geben Sie es mit frei.",
    ],
  },
  "shibboleth.saml.metadata": {
    title: "Ihre Metadaten finden",
    body: "Sie liegen unter https://Ihr Host/idp/shibboleth. Starten Sie den IdP neu, oder laden Sie seine Dienste neu, bevor Sie weitergehen.",
    pitfalls: ["Diese Datei folgt Ihren Schlüsseln nicht von selbst: Ändern Sie sie, wenn Sie jene ändern."],
  },
};
