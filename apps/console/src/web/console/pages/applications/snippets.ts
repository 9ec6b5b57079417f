/** What a snippet is made from. */
export interface SnippetValues {
  readonly issuer: string;
  readonly clientId: string;
  readonly redirectUri: string;
  /** A public application has no secret. */
  readonly isPublic: boolean;
}

export const SNIPPETS = ["openid-client", "auth-js", "spring", "go", "python"] as const;

export type SnippetName = (typeof SNIPPETS)[number];

/** How it is called, which no language changes. */
export const SNIPPET_LABELS: Readonly<Record<SnippetName, string>> = {
  "openid-client": "Node (openid-client)",
  "auth-js": "Auth.js",
  spring: "Spring",
  go: "Go",
  python: "Python (Authlib)",
};

/** Configuration that runs as it stands, with the secret in the environment as SALLYPORT_CLIENT_SECRET. */
export const SNIPPET_CODE: Readonly<Record<SnippetName, (values: SnippetValues) => string>> = {
  "openid-client": ({ issuer, clientId, redirectUri, isPublic }) => `import * as client from "openid-client";

const config = await client.discovery(
  new URL("${issuer}"),
  "${clientId}",
  ${isPublic ? "undefined,\n  client.None()," : "process.env.SALLYPORT_CLIENT_SECRET,"}
);

const codeVerifier = client.randomPKCECodeVerifier();
const signInUrl = client.buildAuthorizationUrl(config, {
  redirect_uri: "${redirectUri}",
  scope: "openid email profile offline_access",
  organization: "acme", // the customer's slug
  code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
  code_challenge_method: "S256",
});

// In the callback:
const tokens = await client.authorizationCodeGrant(config, currentUrl, { pkceCodeVerifier: codeVerifier });
`,
  "auth-js": ({ issuer, clientId, isPublic }) => `// auth.ts
export const { handlers, auth, signIn, signOut } = NextAuth({
  providers: [
    {
      id: "sallyport",
      name: "Single sign-on",
      type: "oidc",
      issuer: "${issuer}",
      clientId: "${clientId}",
      ${isPublic ? 'client: { token_endpoint_auth_method: "none" },' : "clientSecret: process.env.SALLYPORT_CLIENT_SECRET,"}
      checks: ["pkce", "state", "nonce"],
      authorization: { params: { scope: "openid email profile" } },
    },
  ],
});

// Where somebody signs in:
await signIn("sallyport", {}, { organization: "acme" });
`,
  spring: ({ issuer, clientId, isPublic }) => `# application.yml
spring:
  security:
    oauth2:
      client:
        registration:
          sallyport:
            client-id: ${clientId}
${isPublic ? "            client-authentication-method: none" : "            client-secret: $" + "{SALLYPORT_CLIENT_SECRET}"}
            scope: openid,email,profile
        provider:
          sallyport:
            issuer-uri: ${issuer}
`,
  go: ({ issuer, clientId, redirectUri, isPublic }) => `provider, err := oidc.NewProvider(ctx, "${issuer}")
if err != nil {
	return err
}
config := oauth2.Config{
	ClientID:     "${clientId}",
${isPublic ? "" : '	ClientSecret: os.Getenv("SALLYPORT_CLIENT_SECRET"),\n'}	RedirectURL:  "${redirectUri}",
	Endpoint:     provider.Endpoint(),
	Scopes:       []string{oidc.ScopeOpenID, "email", "profile"},
}
verifier := oauth2.GenerateVerifier()
signInURL := config.AuthCodeURL(state,
	oauth2.S256ChallengeOption(verifier),
	oauth2.SetAuthURLParam("organization", "acme"))

// In the callback:
token, err := config.Exchange(ctx, code, oauth2.VerifierOption(verifier))
idToken, err := provider.Verifier(&oidc.Config{ClientID: config.ClientID}).Verify(ctx, token.Extra("id_token").(string))
`,
  python: ({ issuer, clientId, isPublic }) => `import os
from authlib.integrations.flask_client import OAuth

oauth = OAuth(app)
oauth.register(
    "sallyport",
    server_metadata_url="${issuer}/.well-known/openid-configuration",
    client_id="${clientId}",
${isPublic ? '    token_endpoint_auth_method="none",\n' : '    client_secret=os.environ["SALLYPORT_CLIENT_SECRET"],\n'}    client_kwargs={"scope": "openid email profile", "code_challenge_method": "S256"},
)

@app.get("/login")
def login():
    return oauth.sallyport.authorize_redirect(url_for("callback", _external=True), organization="acme")

@app.get("/callback")
def callback():
    token = oauth.sallyport.authorize_access_token()
    return token["userinfo"]
`,
};
