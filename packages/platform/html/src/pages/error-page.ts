import { html } from "../html.ts";
import { renderPage } from "../page.ts";
import { type BrandLogo, brandLogo } from "./brand-logo.ts";
import { helpNote } from "./help-note.ts";

export interface ErrorPage {
  /** Stable, snake_case. */
  readonly code: string;
  readonly status: number;
  readonly title: string;
  /** What happened. */
  readonly message: string;
  /** What to do. */
  readonly advice: string;
  /** Under which the logs and the login record know it. */
  readonly requestId: string;
  /** Whose sign-in it was, where that is known. Its logo needs a page with pictures (`sendPage`). */
  readonly brand?: { readonly name: string; readonly logo: BrandLogo | null } | null | undefined;
  /** Where the same sign-in can be tried again. */
  readonly retryUrl?: string | undefined;
  /** Ends the sign-in and takes the person back to the application with an OAuth error. */
  readonly abort?: AbortForm | undefined;
}

export interface AbortForm {
  readonly action: string;
  readonly csrf: string;
  /** The error that ends the sign-in: a key of the error table. */
  readonly error: string;
  readonly application: string;
}

/** The page a failed sign-in ends on: what happened, what to do, the request id, and nothing more. */
export function renderErrorPage(page: ErrorPage): string {
  return renderPage({
    title: page.title,
    body: html`<main>
<div class="card" role="alert">
${page.brand && brandLogo(page.brand.name, page.brand.logo)}<h1>${page.title}</h1>
<p>${page.message}</p>
<p>${page.advice}</p>
${page.retryUrl && html`<a class="button" href="${page.retryUrl}">Try again</a>`}
${page.abort && abortForm(page.abort)}
${helpNote(page.requestId, page.code)}
</div>
</main>`,
  });
}

function abortForm(abort: AbortForm) {
  return html`<form method="post" action="${abort.action}">
<input type="hidden" name="csrf" value="${abort.csrf}">
<button class="quiet" name="abort" value="${abort.error}">Return to ${abort.application}</button>
</form>`;
}
