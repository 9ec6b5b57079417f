import type { GuideTexts } from "../guide.ts";

export const en: GuideTexts = {
  "okta.saml.create": {
    title: "Create the app integration",
    body: "In the Admin Console, create an app with SAML 2.0. Name it as your people should see it.",
    pitfalls: ["The newest console calls the menu Applications and Resources."],
  },
  "okta.saml.configure": {
    title: "Enter our addresses",
    body: "Leave Default RelayState empty. Later changes of the Name ID format make new people of those who signed in before.",
  },
  "okta.saml.attributes": {
    title: "Send the attributes",
    body: "Without them Okta sends the user's name alone, and sign-in fails for want of an email.",
    pitfalls: [
      "The legacy page Attribute Statements (optional) takes user.email, user.firstName and user.lastName in their place.",
      "For groups: a group attribute statement named groups, with a filter that starts with your prefix.",
    ],
  },
  "okta.saml.assign": {
    title: "Assign people",
    body: "Whoever is not assigned is refused by Okta, and we see nothing of it.",
  },
  "okta.saml.metadata": {
    title: "Copy the metadata URL",
    body: "It is the first line below Metadata details.",
    pitfalls: ["With Identity Threat Protection the tab is called Authentication."],
  },
  "okta.oidc.create": {
    title: "Create the app integration",
    body: "Choose OpenID Connect and Web Application.",
  },
  "okta.oidc.assign": {
    title: "Assign people",
    body: "Limit access to the groups that need it. Whoever is not assigned is refused by Okta.",
  },
  "okta.oidc.credentials": {
    title: "Copy the credentials",
    body: "The issuer is your Okta domain, such as https://acme.okta.com.",
    pitfalls: ["https://acme.okta.com/oauth2/default is another issuer: take it only if you mean it."],
  },
  "okta.scim.enable": {
    title: "Turn provisioning on",
    body: "It is offered on the SAML app that you made.",
    pitfalls: ["An OpenID Connect app made by the wizard offers no SCIM: make a second app for it."],
  },
  "okta.scim.connect": {
    title: "Enter address and token",
    body: "Tick Push New Users, Push Profile Updates and Push Groups, then Test Connector Configuration. Okta itself puts Bearer before the token.",
  },
  "okta.scim.actions": { title: "Say what is pushed", body: "Leave Sync Password off." },
  "okta.scim.groups": {
    title: "Push the groups",
    body: "Tick Push group memberships immediately.",
    pitfalls: [
      "Assigning a group does not push it.",
      "Use one group to assign and another to push: with the same one memberships come out wrong.",
    ],
  },
  "entra.saml.create": {
    title: "Create the application",
    body: "In entra.microsoft.com, create an application of your own, outside the gallery.",
    pitfalls: ["Older consoles: Identity, Applications, Enterprise applications."],
  },
  "entra.saml.configure": {
    title: "Enter our addresses",
    body: "Leave Relay State empty and save.",
    pitfalls: ["Entra asks whether to test single sign-on: answer no, and test from this page."],
  },
  "entra.saml.claims": {
    title: "Send groups, if you need them",
    body: "Name, email and object id are sent by default.",
    pitfalls: [
      "Accounts without a mailbox have no user.mail: map emailaddress to user.userprincipalname for them.",
      "Beyond 150 groups Entra sends none at all: groups assigned to the application stay below that.",
    ],
  },
  "entra.saml.assign": {
    title: "Assign people",
    body: "Whoever is not assigned sees AADSTS50105 at Microsoft.",
  },
  "entra.saml.metadata": {
    title: "Copy the metadata URL",
    body: "The certificate lasts three years; by this URL we follow the next one.",
  },
  "entra.oidc.register": {
    title: "Register the application",
    body: "One tenant only: otherwise people of other companies could sign in.",
  },
  "entra.oidc.secret": {
    title: "Create a client secret",
    body: "It lasts 24 months at most: note its end.",
    pitfalls: ["Copy the column Value, not Secret ID."],
  },
  "entra.oidc.claims": { title: "Send the email", body: "These claims are not sent by default." },
  "entra.oidc.credentials": {
    title: "Copy the ids",
    body: "The issuer is https://login.microsoftonline.com/, your tenant's id, and /v2.0.",
  },
  "entra.scim.connect": {
    title: "Enter address and token",
    body: "Then Test connection, and Create. The token goes in without Bearer.",
    pitfalls: [
      "An application of App registrations has no provisioning: make a second one outside the gallery.",
      "With an empty Secret token Entra sends a token of its own, which we refuse.",
    ],
  },
  "entra.scim.mapping": {
    title: "Map externalId to the object id",
    body: "So that a pushed person and the one who signs in are found to be the same.",
  },
  "entra.scim.assign": {
    title: "Assign people and groups",
    body: "Only these are pushed. Members of groups within groups are not.",
  },
  "entra.scim.start": {
    title: "Push somebody now",
    body: "A cycle takes about 40 minutes; on demand it takes seconds. Then Start provisioning.",
  },
  "google.saml.create": {
    title: "Add the app",
    body: "At admin.google.com, as a super administrator.",
  },
  "google.saml.metadata": {
    title: "Download the metadata",
    body: "Google has no metadata URL: note the certificate's end, and give us the new file before it.",
  },
  "google.saml.configure": { title: "Enter our addresses", body: "Leave Signed response unticked." },
  "google.saml.attributes": {
    title: "Map the attributes",
    body: "The names at the right are ours, exactly so.",
    pitfalls: ["Groups are picked one by one, at most 75. A renamed group has to be picked again."],
  },
  "google.saml.access": {
    title: "Turn it on",
    body: "It is off by default: people then see app_not_enabled_for_user at Google.",
  },
  "generic.saml.configure": {
    title: "Create a service provider",
    body: "By our metadata URL if the product reads one, otherwise by the two addresses.",
  },
  "generic.saml.attributes": {
    title: "Send the attributes",
    body: "email is needed. Sign the assertion with RSA-SHA256 or better.",
  },
  "generic.oidc.configure": {
    title: "Create a confidential client",
    body: "For the authorization code flow, with the scopes openid, profile and email.",
  },
  "generic.saml.metadata": {
    title: "Copy what describes it",
    body: "By its metadata, as an address or a file, if it has one, otherwise these three.",
  },
  "generic.oidc.credentials": {
    title: "Copy the credentials",
    body: "The address of the discovery document is as good as the issuer.",
  },
  "generic.scim.connect": {
    title: "Enter address and token",
    body: "Have people deactivated, not deleted, where the product lets you choose.",
  },
  "onelogin.saml.create": { title: "Add the app", body: "Name it as your people should see it, and save." },
  "onelogin.saml.configure": {
    title: "Enter our addresses",
    body: "Save at the end.",
    pitfalls: [
      "ACS (Consumer) URL Validator is a regular expression: our address with ^ before it, $ behind it, and a backslash before each dot.",
    ],
  },
  "onelogin.saml.attributes": {
    title: "Send the attributes",
    body: "Tick Include in SAML assertion for each.",
    pitfalls: ["Tick Multi-value parameter for groups, or all roles come as one text."],
  },
  "onelogin.saml.assign": {
    title: "Assign people",
    body: "By role, or at the user's own Applications page.",
  },
  "onelogin.saml.metadata": {
    title: "Copy the issuer URL",
    body: "It is the metadata URL, too.",
    pitfalls: ["Set SAML Signature Algorithm to SHA-256: old apps have SHA-1."],
  },
  "onelogin.oidc.create": { title: "Add the app", body: "Save at the end." },
  "onelogin.oidc.credentials": { title: "Copy the credentials", body: "The issuer stands below them." },
  "onelogin.scim.connect": { title: "Enter address and token", body: "Then API Connection, Enable." },
  "onelogin.scim.enable": {
    title: "Turn provisioning on",
    body: "When users are deleted: choose Suspend.",
    pitfalls: [
      "Untick Require admin approval, or each user waits as Pending.",
      "A deleted group is never told: empty it before.",
    ],
  },
  "jumpcloud.saml.create": {
    title: "Add the application",
    body: "Then Save Application, and Configure Application.",
  },
  "jumpcloud.saml.configure": {
    title: "Enter our addresses",
    body: "IdP Entity ID is yours to choose: it must be unique, and is what our page asks you for.",
    pitfalls: ["Tick Declare Redirect Endpoint."],
  },
  "jumpcloud.saml.attributes": {
    title: "Map the attributes",
    body: "The names at the left are ours, exactly so.",
  },
  "jumpcloud.saml.assign": {
    title: "Assign groups",
    body: "Whoever is in none of them is refused by JumpCloud.",
  },
  "jumpcloud.saml.metadata": { title: "Activate, and copy the metadata URL", body: "It is on the tab SSO." },
  "jumpcloud.oidc.create": {
    title: "Add the application",
    body: "Under Attribute Mapping tick Email and Profile.",
  },
  "jumpcloud.oidc.credentials": {
    title: "Copy the credentials",
    body: "They are shown once. The issuer is https://oauth.id.jumpcloud.com.",
  },
  "jumpcloud.scim.connect": {
    title: "Enter address and token",
    body: "On the SAML app. Turn Group Management on, then Test Connection, Activate, Save.",
    pitfalls: ["The test makes a real user of the Test User Email, and removes it again."],
  },
  "pingone.saml.create": { title: "Create the application", body: "Toggle it on at the end." },
  "pingone.saml.attributes": {
    title: "Map the attributes",
    body: "The names at the left are ours.",
    pitfalls: ["saml_subject is the User ID by default."],
  },
  "pingone.saml.assign": { title: "Choose who has access", body: "Without a group everybody has." },
  "pingone.saml.metadata": {
    title: "Copy the metadata URL",
    body: "It is in the list of the tab Configuration.",
  },
  "pingone.oidc.create": {
    title: "Create the application",
    body: "Map email, given_name and family_name. Toggle it on.",
  },
  "pingone.oidc.credentials": { title: "Copy the credentials", body: "Issuer ID is the issuer." },
  "pingone.scim.connect": { title: "Make the connection", body: "Test Connection, Save, and toggle it on." },
  "pingone.scim.rule": {
    title: "Make a rule",
    body: "From PingOne to the connection: a user filter, and under Group Provisioning the groups. Toggle it on: it sends at once.",
  },
  "adfs.saml.create": {
    title: "Add the relying party trust",
    body: "Claims aware. By the federation metadata address, or else by the two addresses below it.",
  },
  "adfs.saml.claims": { title: "Send the attributes", body: "From the store Active Directory." },
  "adfs.saml.nameid": {
    title: "Send a Name ID",
    body: "Without this second rule AD FS answers InvalidNameIDPolicy.",
  },
  "adfs.saml.metadata": {
    title: "Find the metadata",
    body: "It is at https://your host/FederationMetadata/2007-06/FederationMetadata.xml.",
    pitfalls: [
      "From outside it often cannot be reached: take the file then.",
      "The certificate changes each year by itself: with the file alone, sign-in stops when it does.",
    ],
  },
  "keycloak.saml.create": {
    title: "Create the client",
    body: "Force POST binding and Sign assertions stay on.",
  },
  "keycloak.saml.keys": {
    title: "Do not ask for signed requests",
    body: "Or import our signing certificate instead.",
  },
  "keycloak.saml.mappers": {
    title: "Send the attributes",
    body: "For groups: a mapper Group list with the name groups, Full group path off.",
  },
  "keycloak.saml.metadata": { title: "Copy the metadata URL", body: "It is the address of that link." },
  "keycloak.oidc.create": {
    title: "Create the client",
    body: "For groups: a mapper Group Membership with the claim name groups.",
  },
  "keycloak.oidc.credentials": {
    title: "Copy the secret",
    body: "The issuer is https://your host/realms/your realm.",
  },
  "auth0.saml.create": {
    title: "Turn the add-on on",
    body: "audience stands in the JSON of Settings. Enable and save.",
    pitfalls: ["Leave signResponse at false: then the assertion is signed."],
  },
  "auth0.saml.metadata": { title: "Copy the metadata URL", body: "It is the address of that link." },
  "auth0.oidc.create": { title: "Create the application", body: "Save at the end." },
  "auth0.oidc.credentials": {
    title: "Copy the credentials",
    body: "The issuer is https://, your domain, and a slash at the end.",
  },
  "rippling.saml.create": {
    title: "Create the custom app",
    body: "Give it a name, a category and a logo, and confirm that you are the Application Admin.",
    pitfalls: [
      "In newer consoles the way is IT › Third-Party Access › Add integration › Create a new custom integration.",
    ],
  },
  "rippling.saml.metadata": {
    title: "Copy the metadata URL",
    body: "Below it is the same as a file. Take the URL: the next certificate is followed by itself.",
  },
  "rippling.saml.configure": {
    title: "Enter our addresses",
    body: "They are further down on the same page.",
  },
  "rippling.saml.access": {
    title: "Say who gets it",
    body: "Access rules, the time of provisioning, and admins, as you like. Then Visit the app.",
  },
  "rippling.saml.attributes": {
    title: "Send the attributes",
    body: "Each as a Global attribute. The names at the left are ours, exactly so.",
    pitfalls: ["For groups: a Group attribute named groups, with the values that you map to groups."],
  },
  "rippling.saml.unsolicited": {
    title: "Leave InResponseTo out where nothing was asked",
    body: "Sign-ins from Rippling's own page otherwise carry a made-up one, and are refused.",
  },
  "rippling.scim.create": {
    title: "Create the custom app",
    body: "It may be the one that people sign in by.",
  },
  "rippling.scim.configure": {
    title: "Enter our address",
    body: "Tick the features for groups, pagination, deleting groups and PATCH of groups.",
  },
  "rippling.scim.token": {
    title: "Enter the token",
    body: "Then match your people, make the app's groups, and set each attribute to On user creation and updates.",
  },
  "cyberark.saml.create": {
    title: "Add the web app",
    body: "In the Identity Administration portal. Confirm with Yes, close the catalog, and save the name.",
  },
  "cyberark.saml.configure": { title: "Enter our addresses", body: "Save at the end." },
  "cyberark.saml.attributes": {
    title: "Send the attributes",
    body: "Attribute Name is ours, exactly so; Attribute Value is what you choose from its menu.",
  },
  "cyberark.saml.assign": {
    title: "Let people in",
    body: "Search for roles, groups or people. The state of the app then becomes Deployed.",
  },
  "cyberark.saml.metadata": {
    title: "Copy the metadata URL",
    body: "It is in the upper part of the page Trust.",
  },
  "shibboleth.saml.provider": {
    title: "Add our metadata",
    body: "As one more provider, in the chain that is there. The file is yours to choose, and must be writable.",
  },
  "shibboleth.saml.release": {
    title: "Release the attributes",
    body: "By default nothing but a transient NameID is released.",
  },
  "shibboleth.saml.nameid": {
    title: "Send a lasting NameID",
    body: "The default is transient: each sign-in would be somebody else.",
    pitfalls: [
      "Who changes the address becomes a new person by it: where you have subject-id, release that too.",
    ],
  },
  "shibboleth.saml.metadata": {
    title: "Find your metadata",
    body: "It is at https://your host/idp/shibboleth. Restart the IdP, or reload its services, before you go on.",
    pitfalls: ["That file does not follow your keys by itself: change it when you change them."],
  },
};
