import { html } from "../html.ts";
import { renderPage } from "../page.ts";

/** Where a sign-out ends that no application takes further. */
export function renderSignedOutPage(): string {
  return renderPage({
    title: "Signed out",
    body: html`<main>
<div class="card">
<h1>You are signed out</h1>
<p class="soft">You can close this page.</p>
</div>
</main>`,
  });
}
