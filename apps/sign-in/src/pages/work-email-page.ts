import { type BrandLogo, brandLogo, helpNote, html, renderPage } from "@sallyport/html";

export interface WorkEmailPage {
  readonly action: string;
  readonly csrf: string;
  readonly application: string;
  /** What was typed, or hinted at, before. */
  readonly email?: string | undefined;
  /** Why the address did not lead to an organization. */
  readonly problem?: string | undefined;
  /** Whoever runs the gateway: whose organization it is, is not known yet. */
  readonly operator: { readonly name: string; readonly logo: BrandLogo | null } | null;
  /** Shown with a problem. */
  readonly requestId: string;
}

/** Asks for the address whose domain names the organization. */
export function renderWorkEmailPage(page: WorkEmailPage): string {
  return renderPage({
    title: `Sign in to ${page.application}`,
    body: html`<main>
<form class="card" method="post" action="${page.action}">
${page.operator && brandLogo(page.operator.name, page.operator.logo)}<h1>Sign in to ${page.application}</h1>
<p class="soft">We take you to your company's own sign-in.</p>
<input type="hidden" name="csrf" value="${page.csrf}">
<label for="email">Work email</label>
<input id="email" name="email" type="email" value="${page.email}" autocomplete="username" maxlength="320" required autofocus${page.problem && html` aria-invalid="true" aria-describedby="problem"`}>
${page.problem && html`<p class="bad small" id="problem" role="alert">${page.problem}</p>`}
<button>Continue</button>
${page.problem && helpNote(page.requestId)}
</form>
</main>`,
  });
}
