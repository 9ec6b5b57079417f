import { type Html, html } from "../html.ts";

/** What a person passes on when they ask for help; the logs and the login record know it too. */
export function helpNote(requestId: string, code?: string): Html {
  return html`<hr>
<p class="soft small">If you ask for help, give this request id:<br><code>${requestId}</code>${code && html`<br><code>${code}</code>`}</p>`;
}
