import { type Html, html, raw } from "./html.ts";
import { STYLE } from "./style.ts";

export interface Page {
  readonly title: string;
  readonly body: Html;
  /** One script of our own, run under the page's nonce. */
  readonly script?: { readonly source: string; readonly nonce: string };
  /** More CSS, behind the shared style. */
  readonly style?: string;
}

/** A whole document: no request leaves for style, script or font, and for no image but a logo of the gateway's own. */
export function renderPage(page: Page): string {
  return String(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${page.title}</title>
<style>${raw(STYLE + (page.style ?? ""))}</style>
</head>
<body>
${page.body}
${page.script && html`<script nonce="${page.script.nonce}">${raw(page.script.source)}</script>`}
</body>
</html>
`);
}

/**
 * Headers for such a page: nothing may load, run or frame it but what it holds itself.
 * @param pictures whether it shows pictures that the gateway serves, such as a logo
 * @param formTargets origins that its forms may lead to, redirects included, beside the page's own
 */
export function pageHeaders(
  options: { nonce?: string; formTargets?: readonly string[]; pictures?: boolean } = {},
): Record<string, string> {
  const script =
    options.nonce === undefined ? "" : ` script-src 'nonce-${options.nonce}'; connect-src 'self';`;
  const pictures = options.pictures === true ? " img-src 'self';" : "";
  const targets = ["'self'", ...(options.formTargets ?? [])].join(" ");
  return {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy": `default-src 'none'; style-src 'unsafe-inline';${pictures}${script} form-action ${targets}; frame-ancestors 'none'; base-uri 'none'`,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
  };
}
