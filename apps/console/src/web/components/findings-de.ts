// What a login record says in English, in German, by its code: what happened, and what the connection's administrator does.

const RESEND =
  "Melden Sie sich noch einmal an. Bleibt es dabei, senden Sie den Eintrag dem Support des Identitätsanbieters: Seine Nachricht ist nicht gültig.";
const FORGED =
  "Nicht wiederholen: Kein Identitätsanbieter sendet das. Prüfen Sie, wer die Nachricht geschickt hat; dessen eigene Anmeldungen sind nicht betroffen.";
const CHANGED =
  "Geschieht es bei jeder Anmeldung, verändert etwas die Nachrichten nach dem Signieren: ein Proxy, eine Browser-Erweiterung, eine Vorlage, die einrückt oder umkodiert. Geschah es einmal, hat vielleicht jemand eine Anmeldung fälschen wollen: Prüfen Sie, wer sie geschickt hat.";
const SCHEMA =
  "Geschieht es bei jeder Anmeldung, sehen Sie sich Vorlage und Erweiterungen des Identitätsanbieters an und senden Sie den Eintrag seinem Support. Geschah es einmal, hat vielleicht jemand eine Anmeldung fälschen wollen: Prüfen Sie, wer sie geschickt hat.";
const SIGNING =
  "Wählen Sie beim Identitätsanbieter für diese Anwendung RSA-SHA256 (oder stärker) mit SHA-256-Hashes.";
const CERTIFICATE =
  "Holen Sie die Metadaten oder das Signaturzertifikat neu vom Identitätsanbieter in die Verbindung.";
const ENTITY_ID =
  "Die Entity-ID des Identitätsanbieters in der Verbindung muss der Issuer sein, den er sendet.";
const SET_ISSUER = "Setzen Sie beim Identitätsanbieter den Issuer (Entity-ID) dieser Anwendung.";
const ACS = "Setzen Sie beim Identitätsanbieter die ACS-URL der Verbindung ein, Zeichen für Zeichen.";
const CLOCK = "Stellen Sie die Uhr des Identitätsanbieters (NTP).";
const CLOCK_AGAIN = `Melden Sie sich noch einmal an. Bleibt es dabei: ${CLOCK}`;
const ONE_TAB = "Melden Sie sich noch einmal an, in nur einem Browser-Tab.";
const FEWER = "Senden Sie weniger Attribute oder Gruppen: Filtern Sie sie beim Identitätsanbieter.";
const C14N = "Wählen Sie beim Identitätsanbieter die exklusive Kanonisierung (xml-exc-c14n).";
const RS256 = "Lassen Sie ID-Token beim Identitätsanbieter mit RS256 oder ES256 signieren.";
const IDP_LOG = "Sehen Sie im Protokoll des Identitätsanbieters zu dieser Anmeldung nach.";
const CREDENTIALS =
  "Übernehmen Sie Client-ID und Client-Secret noch einmal vom Identitätsanbieter, und prüfen Sie, ob diese Anwendung sich dort so ausweisen darf, wie die Verbindung es tut.";
const REDIRECT = "Tragen Sie beim Identitätsanbieter die Redirect-URI der Verbindung ein.";
const CODE_GRANT = "Erlauben Sie dieser Anwendung beim Identitätsanbieter den Ablauf mit Autorisierungscode.";
const ANSWERED_ERROR = "Der Identitätsanbieter hat mit einem Fehler geantwortet.";
const CLOCKS =
  "Stellen Sie die Uhren von Identitätsanbieter und Gateway (NTP), und sehen Sie nach, wie lange er seine ID-Token gelten lässt.";

type Said = readonly [message: string, fix: string];

export const FINDINGS_DE: Readonly<Record<string, Said>> = {
  // SAML: what came
  response_missing: [
    "Es kam keine SAMLResponse.",
    "Setzen Sie beim Identitätsanbieter das Binding für die ACS-URL dieser Anwendung auf HTTP-POST.",
  ],
  response_base64: ["SAMLResponse ist kein gültiges Base64.", RESEND],
  response_by_artifact: [
    "Der Identitätsanbieter hat ein Artefakt (Binding HTTP-Artifact) statt seiner Antwort gesendet.",
    "Setzen Sie dort das Binding für die ACS-URL auf HTTP-POST.",
  ],
  response_by_redirect: [
    "Der Identitätsanbieter hat seine Antwort in der Adresse (HTTP-Redirect) gesendet, nicht in einem Formular.",
    "Setzen Sie dort das Binding für die ACS-URL auf HTTP-POST.",
  ],
  redirect_malformed: [
    "Die SAML-Angaben in der Adresse sind nicht, wie HTTP-Redirect es vorschreibt.",
    RESEND,
  ],
  redirect_inflation: ["Die gepackte Nachricht ist größer als erlaubt.", FORGED],
  redirect_signature_missing: [
    "Die SAML-Angaben in der Adresse sind nicht signiert.",
    "Schalten Sie beim Identitätsanbieter das Signieren von Abmeldungen ein.",
  ],
  redirect_signature_invalid: [
    "Die Signatur in der Adresse passt zu keinem Zertifikat der Verbindung.",
    CERTIFICATE,
  ],
  xml_too_large: ["Die Nachricht ist größer als erlaubt.", FEWER],
  xml_too_deep: ["Elemente sind tiefer geschachtelt als erlaubt.", FORGED],
  xml_too_many_nodes: ["Die Nachricht hat mehr Elemente und Attribute als erlaubt.", FEWER],
  xml_encoding: ["Die Nachricht ist kein XML 1.0 in UTF-8.", "Stellen Sie den Identitätsanbieter auf UTF-8."],
  xml_malformed: ["Die Nachricht ist kein wohlgeformtes XML.", RESEND],
  xml_doctype: ["Die Nachricht hat eine Dokumenttyp-Deklaration.", FORGED],
  xml_comment: [
    "Die Nachricht hat einen XML-Kommentar.",
    "Schalten Sie Kommentare in der Vorlage des Identitätsanbieters ab.",
  ],
  xml_cdata: [
    "Die Nachricht hat einen CDATA-Abschnitt.",
    "Schalten Sie CDATA in der Vorlage des Identitätsanbieters ab.",
  ],
  xml_processing_instruction: ["Die Nachricht hat eine Verarbeitungsanweisung.", SCHEMA],
  xml_duplicate_id: [
    "Zwei Elemente haben dieselbe ID.",
    "Lassen Sie den Identitätsanbieter Antwort und Assertion je eine eigene ID geben. Geschah es einmal, hat vielleicht jemand eine Anmeldung fälschen wollen: Prüfen Sie, wer sie geschickt hat.",
  ],
  xml_relative_namespace: ["Ein Namensraum ist keine absolute URI.", FORGED],
  xml_canonicalization_failed: ["Das signierte Element lässt sich nicht kanonisieren.", FORGED],
  not_a_response: [
    "Die Nachricht ist keine Antwort nach SAML 2.0.",
    "Prüfen Sie beim Identitätsanbieter, ob diese Anwendung SAML 2.0 spricht (nicht 1.1, nicht WS-Federation), und ob die Anmeldung, nicht die Abmeldung, auf die ACS-URL zeigt.",
  ],
  element_unexpected: ["Die Nachricht hat ein Element oder Attribut, wo SAML 2.0 keines erlaubt.", SCHEMA],
  element_missing: ["Der Nachricht fehlt ein Element oder Attribut, das SAML 2.0 verlangt.", RESEND],
  time_malformed: ["Eine Zeit ist kein xs:dateTime in UTC.", RESEND],
  status_not_success: [
    "Der Identitätsanbieter hat geantwortet, dass die Anmeldung nicht gelang.",
    "Sehen Sie sich den Status im Eintrag und das Protokoll des Identitätsanbieters an: Meist ist die Person der Anwendung nicht zugewiesen.",
  ],
  response_issuer_missing: ["Die Antwort nennt keinen Issuer.", SET_ISSUER],
  response_issuer_mismatch: [
    "Der Issuer der Antwort ist nicht der Identitätsanbieter dieser Verbindung.",
    ENTITY_ID,
  ],
  destination_missing: ["Die Antwort hat keine Destination.", ACS],
  destination_mismatch: ["Die Destination der Antwort ist nicht die ACS-URL dieser Verbindung.", ACS],
  in_response_to_missing: [
    "Die Antwort gehört zu keiner Anfrage.",
    "Beginnen Sie die Anmeldung bei der Anwendung, oder erlauben Sie der Verbindung Anmeldungen, die beim Identitätsanbieter beginnen.",
  ],
  in_response_to_mismatch: ["Die Antwort gehört zu einer anderen Anfrage.", ONE_TAB],
  issued_in_future: ["Die Nachricht stammt aus der Zukunft.", CLOCK],
  assertion_missing: ["Die Antwort enthält keine Assertion.", RESEND],
  assertion_multiple: [
    "Die Antwort enthält mehr als eine Assertion.",
    "Stellen Sie den Identitätsanbieter so ein, dass er eine Assertion sendet.",
  ],
  id_too_long: [
    "Eine ID ist länger als 256 Zeichen.",
    "Stellen Sie den Identitätsanbieter auf kürzere IDs; 32 Zeichen genügen.",
  ],
  assertion_misplaced: ["Eine Assertion steht nicht direkt in der Antwort.", FORGED],

  // SAML: signature and encryption
  signature_missing: [
    "Die Nachricht ist nicht signiert.",
    "Lassen Sie den Identitätsanbieter die Assertion oder die Antwort signieren.",
  ],
  signature_multiple: ["Ein Element hat mehr als eine Signatur.", SCHEMA],
  signature_misplaced: ["Eine Signatur gehört weder zur Antwort noch zur Assertion.", SCHEMA],
  signature_malformed: ["Die Signatur hat Teile, die SAML 2.0 nicht erlaubt, oder es fehlen welche.", SCHEMA],
  signature_reference_multiple: ["Die Signatur hat mehr als eine Referenz.", SCHEMA],
  signature_reference_mismatch: [
    "Die Signatur bezieht sich auf ein anderes Element als das, in dem sie steht.",
    'Lassen Sie den Identitätsanbieter über die ID des signierten Elements signieren (Reference URI="#ID"). Geschah es einmal, hat vielleicht jemand eine Anmeldung fälschen wollen: Prüfen Sie, wer sie geschickt hat.',
  ],
  signature_transform: [
    "Die Signatur nutzt andere Transformationen als enveloped-signature und exklusive Kanonisierung.",
    C14N,
  ],
  signature_canonicalization: ["Die Signatur ist nicht exklusiv kanonisiert, oder mit Kommentaren.", C14N],
  signature_algorithm: ["Der Signaturalgorithmus ist nicht erlaubt.", SIGNING],
  signature_sha1: ["Die Signatur oder ihr Hash nutzt SHA-1, was diese Verbindung nicht erlaubt.", SIGNING],
  digest_algorithm: ["Der Hash-Algorithmus ist nicht erlaubt.", SIGNING],
  signature_invalid: ["Die Signatur passt zu keinem Zertifikat der Verbindung.", CERTIFICATE],
  digest_mismatch: ["Das signierte Element wurde nach dem Signieren verändert.", CHANGED],
  certificate_missing: ["Die Verbindung hat kein Signaturzertifikat.", CERTIFICATE],
  certificate_unreadable: [
    "Ein Zertifikat ist nicht lesbar.",
    "Geben Sie es als PEM oder als DER in Base64 an: X.509 mit RSA oder EC.",
  ],
  decryption_key_missing: [
    "Die Assertion ist verschlüsselt, und die Verbindung hat keinen Schlüssel dafür.",
    "Schalten Sie die Verschlüsselung beim Identitätsanbieter ab, oder geben Sie ihm die Metadaten dieser Verbindung.",
  ],
  decryption_key_unreadable: [
    "Ein Schlüssel zum Entschlüsseln ist nicht lesbar.",
    "Geben Sie ihn als PEM an: PKCS#8, RSA.",
  ],
  encryption_malformed: [
    "Die verschlüsselte Assertion hat Teile, die nicht verstanden werden, oder es fehlen welche.",
    RESEND,
  ],
  encryption_algorithm: [
    "Der Verschlüsselungsalgorithmus ist nicht erlaubt.",
    "Wählen Sie beim Identitätsanbieter AES-GCM (oder AES-CBC) mit RSA-OAEP; RSA 1.5 und 3DES werden abgelehnt. Die Metadaten dieser Verbindung nennen, was geht.",
  ],
  decryption_failed: [
    "Die Assertion lässt sich mit den Schlüsseln dieser Verbindung nicht entschlüsseln.",
    "Geben Sie dem Identitätsanbieter die jetzigen Metadaten dieser Verbindung: Er verschlüsselt für einen anderen Schlüssel.",
  ],
  encrypted_assertion_unsigned: [
    "Die verschlüsselte Assertion ist nicht signiert, und die Antwort auch nicht.",
    "Lassen Sie den Identitätsanbieter die Assertion oder die Antwort signieren.",
  ],

  // SAML: what the assertion says
  assertion_issuer_missing: ["Die Assertion nennt keinen Issuer.", SET_ISSUER],
  assertion_issuer_mismatch: [
    "Der Issuer der Assertion ist nicht der Identitätsanbieter dieser Verbindung.",
    ENTITY_ID,
  ],
  subject_missing: [
    "Die Assertion nennt niemanden.",
    "Wählen Sie beim Identitätsanbieter eine NameID für diese Anwendung.",
  ],
  name_id_encrypted: [
    "Die NameID ist für sich verschlüsselt.",
    "Schalten Sie das beim Identitätsanbieter ab; verschlüsseln Sie stattdessen die ganze Assertion.",
  ],
  confirmation_method: [
    "Die Assertion ist nicht als „bearer“ bestätigt.",
    "Nutzen Sie beim Identitätsanbieter das Profil Web Browser SSO (bearer).",
  ],
  recipient_missing: ["Der Bestätigung der Assertion fehlt der Recipient.", ACS],
  recipient_mismatch: ["Der Recipient der Assertion ist nicht die ACS-URL dieser Verbindung.", ACS],
  confirmation_in_response_to_missing: [
    "Die Bestätigung der Assertion gehört zu keiner Anfrage.",
    "Beginnen Sie die Anmeldung bei der Anwendung; der Identitätsanbieter muss die ID der Anfrage in der Bestätigung wiederholen.",
  ],
  confirmation_in_response_to_mismatch: [
    "Die Bestätigung der Assertion gehört zu einer anderen Anfrage.",
    ONE_TAB,
  ],
  confirmation_expired: ["Die Bestätigung der Assertion ist abgelaufen.", CLOCK_AGAIN],
  confirmation_not_yet_valid: ["Die Bestätigung der Assertion gilt noch nicht.", CLOCK],
  assertion_expired: ["Die Assertion ist abgelaufen.", CLOCK_AGAIN],
  assertion_not_yet_valid: ["Die Assertion gilt noch nicht.", CLOCK],
  condition_unknown: [
    "Die Assertion stellt eine Bedingung, die nicht verstanden wird.",
    "Entfernen Sie die eigene Bedingung beim Identitätsanbieter.",
  ],
  audience_missing: [
    "Die Assertion nennt keine Audience.",
    "Setzen Sie beim Identitätsanbieter die Audience (SP Entity ID) der Verbindung ein.",
  ],
  audience_mismatch: [
    "Die Assertion ist für einen anderen Dienst bestimmt.",
    "Setzen Sie beim Identitätsanbieter die Audience (SP Entity ID) der Verbindung ein, Zeichen für Zeichen.",
  ],
  authn_statement_missing: ["Die Assertion sagt nicht, dass sich jemand angemeldet hat.", RESEND],
  session_expired: [
    "Die Sitzung beim Identitätsanbieter ist schon zu Ende.",
    "Melden Sie sich noch einmal an; prüfen Sie dort, wie lange Sitzungen dauern.",
  ],
  attribute_encrypted: [
    "Ein Attribut ist für sich verschlüsselt.",
    "Verschlüsseln Sie beim Identitätsanbieter die ganze Assertion statt einzelner Attribute.",
  ],

  // SAML: what is taken, but should not stay
  sha1: ["Die Signatur oder ihr Hash nutzt SHA-1.", SIGNING],
  certificate_expired: [
    "Das Zertifikat, zu dem die Signatur passt, ist abgelaufen.",
    "Erneuern Sie das Signaturzertifikat beim Identitätsanbieter und die Metadaten in der Verbindung.",
  ],
  attribute_structured: [
    "Der Wert eines Attributs besteht aus Elementen statt Text und wurde weggelassen.",
    "Wird das Attribut gebraucht, senden Sie es als Text.",
  ],
  certificate_weak_key: [
    "Der Identitätsanbieter signiert mit einem RSA-Schlüssel von weniger als 2.048 Bit.",
    "Erneuern Sie dort das Signaturzertifikat mit einem Schlüssel von 2.048 Bit.",
  ],

  // Whom it names
  subject_transient: [
    "Die NameID ist „transient“: Sie nennt die Person bei jeder Anmeldung anders.",
    "Senden Sie beim Identitätsanbieter eine dauerhafte NameID, oder nehmen Sie in der Verbindung ein Attribut, das sich nie ändert.",
  ],
  subject_attribute_missing: [
    "Das Attribut, an dem die Verbindung Personen erkennt, fehlt, ist leer oder hat mehrere Werte.",
    "Geben Sie es beim Identitätsanbieter mit einem Wert frei, oder wählen Sie in der Verbindung ein anderes.",
  ],
  subject_unusable: [
    "Die Kennung der Person ist leer, länger als 1.024 Byte oder enthält Steuerzeichen.",
    "Wählen Sie beim Identitätsanbieter eine andere NameID oder einen anderen Claim.",
  ],
  groups_overage: [
    "Die Person ist in mehr Gruppen, als der Identitätsanbieter in einer Antwort nennt; er hat statt ihrer einen Verweis gesendet.",
    "Senden Sie in Entra ID nur Gruppen, die der Anwendung zugewiesen sind, oder übertragen Sie Gruppen per SCIM. Rollen bleiben, wie sie waren.",
  ],
  groups_cut: [
    "Der Identitätsanbieter nennt mehr Gruppen, als genommen werden: die ersten 2.000.",
    "Senden Sie dort nur Gruppen, die der Anwendung zugewiesen sind. Rollen bleiben, wie sie waren.",
  ],
  groups_unreadable: [
    "Der Claim mit den Gruppen enthält Werte, die keine Namen sind.",
    "Senden Sie Gruppen als Liste von Texten oder von Objekten mit „name“, oder nennen Sie in der Verbindung einen anderen Claim. Rollen bleiben, wie sie waren.",
  ],
  email_malformed: [
    "Die genannte E-Mail-Adresse ist keine und wurde weggelassen.",
    "Ordnen Sie beim Identitätsanbieter dem E-Mail-Attribut die Adresse der Person zu.",
  ],
  email_missing: [
    "Die Antwort enthält keine E-Mail-Adresse.",
    "Geben Sie beim Identitätsanbieter die Adresse der Person für diese Anwendung frei.",
  ],

  // OpenID Connect: the ID token
  oidc_id_token_missing: [
    "Der Identitätsanbieter hat kein ID-Token gesendet.",
    "Machen Sie die Anwendung dort zu einer für OpenID Connect, und erlauben Sie ihr den Scope „openid“.",
  ],
  oidc_id_token_encrypted: [
    "Das ID-Token ist verschlüsselt.",
    "Schalten Sie das beim Identitätsanbieter für diese Anwendung ab: Es kommt über TLS.",
  ],
  oidc_id_token_malformed: [
    "Was als ID-Token kam, ist kein signiertes JWT.",
    "Sehen Sie sich die Anwendung beim Identitätsanbieter an: Er muss signierte JWTs senden.",
  ],
  oidc_algorithm_unexpected: [
    "Das ID-Token ist mit einem anderen Algorithmus signiert als angekündigt.",
    RS256,
  ],
  oidc_header_critical: [
    "Das ID-Token verlangt eine Erweiterung, die nicht verstanden wird.",
    "Lassen Sie beim Identitätsanbieter „crit“ aus dem Kopf der ID-Token weg.",
  ],
  oidc_token_expired: ["Das ID-Token ist abgelaufen.", CLOCKS],
  oidc_token_not_yet_valid: ["Das ID-Token gilt noch nicht.", CLOCKS],
  oidc_claim_missing: [
    "Dem ID-Token fehlt ein Claim, der verlangt ist.",
    "Das ID-Token muss iss, sub, aud, exp und iat enthalten: Stellen Sie den Identitätsanbieter so ein.",
  ],
  oidc_claim_malformed: [
    "Ein Claim des ID-Tokens hat die falsche Form.",
    "Senden Sie ihn beim Identitätsanbieter in der Form, die OpenID Connect verlangt.",
  ],
  oidc_token_issuer_mismatch: [
    "Das ID-Token stammt von einem anderen Issuer.",
    "Der Issuer der Verbindung muss der im ID-Token sein, Zeichen für Zeichen; Discovery-Dokument und Token müssen denselben nennen.",
  ],
  oidc_audience_mismatch: [
    "Das ID-Token ist für eine andere Anwendung.",
    "Die Client-ID der Verbindung muss die der Anwendung beim Identitätsanbieter sein.",
  ],
  oidc_subject_not_string: [
    "Die Kennung der Person im ID-Token ist kein Text.",
    "Senden Sie beim Identitätsanbieter „sub“ als Text.",
  ],
  oidc_authorized_party_mismatch: [
    "Das ID-Token wurde für eine andere Anwendung ausgestellt.",
    "Stellen Sie ID-Token beim Identitätsanbieter nur für diese Anwendung aus, oder nennen Sie sie in „azp“.",
  ],
  oidc_nonce_mismatch: [
    "Das ID-Token wurde nicht für diese Anmeldung ausgestellt.",
    "Der Identitätsanbieter muss die „nonce“ der Anfrage unverändert im ID-Token nennen. Tut er das, hat jemand den Code einer anderen Anmeldung gebracht.",
  ],
  oidc_signature_invalid: [
    "Die Signatur des ID-Tokens passt zu keinem Schlüssel des Identitätsanbieters.",
    "Prüfen Sie den Issuer der Verbindung, und ob sein JWKS die Schlüssel nennt, mit denen er signiert.",
  ],
  oidc_key_unknown: [
    "Das ID-Token ist mit einem Schlüssel signiert, den der Identitätsanbieter nicht nennt.",
    "Sein JWKS muss den Schlüssel nennen, mit dem er signiert.",
  ],

  // OpenID Connect: how the identity provider answered
  oidc_issuer_mismatch: [
    "Das Discovery-Dokument nennt einen anderen Issuer als die Verbindung.",
    "Nehmen Sie den Issuer aus dem Discovery-Dokument; bei Entra ID den mit der Id Ihres Mandanten.",
  ],
  oidc_metadata_invalid: [
    "Dem Discovery-Dokument fehlt ein Endpunkt, oder einer ist nicht über https.",
    "Prüfen Sie den Issuer der Verbindung und die Einstellungen des Identitätsanbieters.",
  ],
  idp_unreachable: [
    "Der Identitätsanbieter war nicht zu erreichen oder hat nicht geantwortet, wie er soll.",
    "Prüfen Sie den Issuer, und ob das Gateway sein Discovery-Dokument und seine Endpunkte erreicht.",
  ],
  idp_answer_too_large: [
    "Der Identitätsanbieter antwortet mit mehr, als genommen wird.",
    "Lassen Sie ihn weniger senden: von einer Person nur Gruppen, die der Anwendung zugewiesen sind, von Schlüsseln die benutzten.",
  ],
  oidc_access_denied: [ANSWERED_ERROR, "Weisen Sie die Person beim Identitätsanbieter der Anwendung zu."],
  oidc_invalid_client: ["Der Identitätsanbieter hat die Zugangsdaten der Verbindung abgelehnt.", CREDENTIALS],
  oidc_unauthorized_client: [ANSWERED_ERROR, `${CREDENTIALS} ${CODE_GRANT}`],
  oidc_invalid_grant: [
    ANSWERED_ERROR,
    "Melden Sie sich noch einmal an. Bleibt es dabei, prüfen Sie beim Identitätsanbieter die Redirect-URI, und ob beide Uhren stimmen.",
  ],
  oidc_redirect_uri_mismatch: [ANSWERED_ERROR, REDIRECT],
  oidc_invalid_request: [
    ANSWERED_ERROR,
    "Lesen Sie seine Beschreibung und sein Protokoll: Oft ist die Redirect-URI nicht eingetragen oder PKCE (S256) nicht erlaubt.",
  ],
  oidc_invalid_scope: [
    ANSWERED_ERROR,
    "Erlauben Sie der Anwendung beim Identitätsanbieter die Scopes dieser Verbindung.",
  ],
  oidc_unsupported_response_type: [ANSWERED_ERROR, CODE_GRANT],
  oidc_unsupported_grant_type: [ANSWERED_ERROR, CODE_GRANT],
  oidc_consent_required: [
    ANSWERED_ERROR,
    "Stimmen Sie beim Identitätsanbieter der Anwendung für die ganze Organisation zu.",
  ],
  oidc_interaction_required: [
    ANSWERED_ERROR,
    "Sehen Sie sich dort die Richtlinien für diese Anwendung an: Er wollte die Person etwas fragen.",
  ],
  oidc_login_required: [
    ANSWERED_ERROR,
    "Melden Sie die Person zuerst beim Identitätsanbieter an; sehen Sie sich dort die Richtlinien für diese Anwendung an.",
  ],
  oidc_server_error: ["Der Identitätsanbieter hat einen Fehler gemeldet.", IDP_LOG],
  oidc_temporarily_unavailable: [
    "Der Identitätsanbieter ist überlastet oder wird gewartet.",
    "Versuchen Sie es später noch einmal.",
  ],
  oidc_token_endpoint_failed: ["Der Token-Endpunkt des Identitätsanbieters hat versagt.", IDP_LOG],
  oidc_token_endpoint_refused: [
    "Der Token-Endpunkt des Identitätsanbieters hat die Anfrage abgelehnt.",
    `${IDP_LOG} Prüfen Sie, ob sein Discovery-Dokument den richtigen Endpunkt nennt.`,
  ],
  oidc_par_endpoint_failed: [
    "Der Endpunkt des Identitätsanbieters für vorab gesendete Autorisierungsanfragen (PAR) hat versagt.",
    IDP_LOG,
  ],
  oidc_par_endpoint_refused: [
    "Der Endpunkt des Identitätsanbieters für vorab gesendete Autorisierungsanfragen (PAR) hat die Anfrage abgelehnt.",
    `${IDP_LOG} Prüfen Sie, ob sein Discovery-Dokument den richtigen Endpunkt nennt.`,
  ],
  oidc_par_unsupported: [
    "Das Discovery-Dokument nennt keinen Endpunkt für vorab gesendete Autorisierungsanfragen (PAR).",
    "Schalten Sie pushAuthorizationRequests der Verbindung aus, oder lassen Sie den Identitätsanbieter den Endpunkt nennen.",
  ],
  oidc_invalid_request_uri: [
    ANSWERED_ERROR,
    "Melden Sie sich noch einmal an: Er kannte die vorab gesendete Anfrage nicht mehr.",
  ],
  oidc_userinfo_subject_mismatch: [
    "Der Userinfo-Endpunkt spricht von einer anderen Person als das ID-Token.",
    "Senden Sie beim Identitätsanbieter im ID-Token und am Userinfo-Endpunkt dasselbe sub.",
  ],
  oidc_userinfo_refused: [
    "Der Userinfo-Endpunkt hat keine Angaben zur Person gesendet.",
    "Erlauben Sie beim Identitätsanbieter die Zugriffstoken dieser Anwendung am Userinfo-Endpunkt.",
  ],
  oidc_userinfo_malformed: [
    "Der Userinfo-Endpunkt hat etwas anderes als JSON gesendet.",
    "Prüfen Sie, was das Discovery-Dokument als Userinfo-Endpunkt nennt.",
  ],
  oidc_token_type_unsupported: [
    "Das Zugriffstoken ist von einer Art, die nicht unterstützt wird.",
    "Stellen Sie beim Identitätsanbieter für diese Anwendung Bearer-Token aus, keine für DPoP oder MAC.",
  ],
  oidc_token_malformed: [
    "Was als Token kam, ist kein signiertes JWT.",
    "Lassen Sie den Identitätsanbieter signierte JWT senden, keine verschlüsselten.",
  ],
  oidc_token_answer_malformed: [
    "Der Token-Endpunkt hat etwas anderes als JSON gesendet.",
    "Prüfen Sie, ob das Discovery-Dokument den richtigen Token-Endpunkt nennt, und was davor steht.",
  ],
  oidc_access_token_missing: [
    "In der Antwort des Token-Endpunkts fehlt das Zugriffstoken.",
    "Sehen Sie sich die Einstellungen dieser Anwendung beim Identitätsanbieter an: Seine Antwort ist nicht vollständig (RFC 6749, 5.1).",
  ],
  oidc_response_unexpected: [
    "Der Identitätsanbieter hat nach einem anderen Ablauf geantwortet, als gefragt war.",
    `${CODE_GRANT} Die Antwort muss in einfachen Parametern der Adresse kommen.`,
  ],
  oidc_parameter_repeated: [
    "Ein Parameter der Antwort steht zweimal darin.",
    "Sehen Sie nach, was zwischen Identitätsanbieter und Gateway Adressen verändert, und in dessen Protokoll.",
  ],
  oidc_code_missing: [
    "Die Antwort enthält weder einen Code noch einen Fehler.",
    "Sehen Sie nach, was zwischen Identitätsanbieter und Gateway Adressen verändert, und in dessen Protokoll.",
  ],
  oidc_issuer_parameter_mismatch: [
    "Die Antwort sagt nicht, dass sie von diesem Identitätsanbieter kommt.",
    "Setzen Sie den Issuer der Verbindung auf den, den er nennt, wenn er es ist. Der Parameter iss schützt vor Antworten eines anderen (RFC 9207).",
  ],
  oidc_key_unusable: ["Das Token oder der Schlüssel dazu ist nicht zu gebrauchen.", RS256],
  oidc_jwks_unavailable: [
    "Die Schlüssel des Identitätsanbieters ließen sich nicht lesen.",
    "Prüfen Sie, was unter der jwks_uri seines Discovery-Dokuments liegt.",
  ],
  oidc_client_secret_missing: [
    "Der Verbindung fehlt das Client-Secret, mit dem sie sich ausweisen soll.",
    "Geben Sie ihr das Client-Secret, oder setzen Sie ihre clientAuthentication auf private_key_jwt.",
  ],
  oidc_client_algorithm_unsupported: [
    "Der Identitätsanbieter nimmt keinen der Algorithmen an, mit denen der Schlüssel der Verbindung signiert.",
    "Erlauben Sie dort RS256 oder PS256 für private_key_jwt, oder wählen Sie eine andere Art, wie sich diese Anwendung ausweist.",
  ],
  oidc_unexpected: [
    "Die Antwort des Identitätsanbieters ist nicht gültig.",
    "Prüfen Sie Issuer und Client-ID der Verbindung beim Identitätsanbieter: Seine Antwort passte nicht dazu.",
  ],
  idp_answer_invalid: [
    "Eine Antwort des Identitätsanbieters ist nicht, was sie sein sollte.",
    "Prüfen Sie den Issuer der Verbindung, und was dort liegt.",
  ],
};

/** What a record says in German; undefined where the code is none of a login's. */
export function findingInGerman(code: string): Said | undefined {
  if (Object.hasOwn(FINDINGS_DE, code)) {
    return FINDINGS_DE[code];
  }
  // Whatever error an IdP makes up is one of its own; all else of that protocol is an answer that does not fit.
  return code.startsWith("oidc_")
    ? [ANSWERED_ERROR, IDP_LOG]
    : code.startsWith("oauth_")
      ? FINDINGS_DE.oidc_unexpected
      : undefined;
}
