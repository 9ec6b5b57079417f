import { type BrandLogo, brandLogo, html, renderPage } from "@sallyport/html";

export interface ChooserPage {
  readonly action: string;
  readonly csrf: string;
  readonly application: string;
  readonly organization: string;
  readonly logo: BrandLogo | null;
  readonly connections: readonly { readonly id: string; readonly name: string }[];
  /** The address that led here, so that the choice can be checked against the same organization. */
  readonly email?: string | undefined;
}

/** Several ways lead into one organization: the person picks one. */
export function renderChooserPage(page: ChooserPage): string {
  return renderPage({
    title: `Sign in to ${page.application}`,
    body: html`<main>
<form class="card" method="post" action="${page.action}">
${brandLogo(page.organization, page.logo)}<h1>Choose how to sign in</h1>
<p class="soft">${page.organization} has more than one way to sign in to ${page.application}.</p>
<input type="hidden" name="csrf" value="${page.csrf}">
${page.email && html`<input type="hidden" name="email" value="${page.email}">`}
${page.connections.map(
  (
    connection,
  ) => html`<button class="quiet" name="connection" value="${connection.id}">${connection.name}</button>
`,
)}</form>
</main>`,
  });
}
