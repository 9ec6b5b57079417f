import type { CheckRecorder } from "@sallyport/application-checks";
import type { errors, KoaContextWithOIDC, Provider } from "oidc-provider";

/** Has the integration check of an application know what it asks for, and what it is refused: nothing that names a person. */
export function noteRequests(provider: Provider, checks: CheckRecorder, now: () => Date): void {
  const request = (ctx: KoaContextWithOIDC, refused: { error: string; description: string } | null) => {
    const application = ctx.oidc.client;
    if (application === undefined || ctx.oidc.route === "resume") {
      return; // noted when it came
    }
    const asked = (name: string) => {
      const value = ctx.oidc.params?.[name];
      return typeof value === "string" ? value : null;
    };
    checks.request(application.clientId, {
      at: now().toISOString(),
      redirectUri: asked("redirect_uri"),
      responseType: asked("response_type"),
      scope: asked("scope"),
      prompt: asked("prompt"),
      codeChallengeMethod: asked("code_challenge_method"),
      refused,
    });
  };
  provider.on("authorization.accepted", (ctx: KoaContextWithOIDC) => request(ctx, null));
  provider.on("interaction.started", (ctx: KoaContextWithOIDC) => request(ctx, null));
  provider.on("authorization.error", (ctx: KoaContextWithOIDC, error: errors.OIDCProviderError) =>
    request(ctx, { error: error.error, description: error.error_description ?? error.message }),
  );
  provider.on("grant.error", (ctx: KoaContextWithOIDC, error: errors.OIDCProviderError) => {
    const application = ctx.oidc.client;
    if (application === undefined) {
      return;
    }
    const grantType = ctx.oidc.params?.grant_type;
    checks.tokenError(application.clientId, {
      at: now().toISOString(),
      grantType: typeof grantType === "string" ? grantType : null,
      error: error.error,
      reason: error.error_detail ?? error.error_description ?? error.message,
    });
  });
}
