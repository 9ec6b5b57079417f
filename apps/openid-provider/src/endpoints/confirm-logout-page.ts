import { html, renderPage } from "@sallyport/html";
import { ROUTES } from "../routes.ts";

/** Asks whether a sign-out that no application vouches for is meant. */
export function renderConfirmLogoutPage(page: {
  readonly fields: Readonly<Record<string, string>>;
  readonly application: string | undefined;
}): string {
  return renderPage({
    title: "Sign out?",
    body: html`<main>
<form class="card" method="post" action="${ROUTES.logout}">
<h1>Sign out?</h1>
<p class="soft">This ends your sign-in${page.application && html` to ${page.application}`} on this browser, and in every application that shares it.</p>
${Object.entries(page.fields).map(
  ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">
`,
)}<button>Sign out</button>
</form>
</main>`,
  });
}
