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
  "generic.scim.connect": {
    title: "Enter address and token",
    body: "Have people deactivated, not deleted, where the product lets you choose.",
  },
};
