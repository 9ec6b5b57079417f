/** The one look of every page that the gateway renders itself. */
export const STYLE = `
:root { --ink: #16202c; --soft: #5b6876; --line: #dbe1e8; --paper: #ffffff; --ground: #f3f5f8; --accent: #0b5c8f; --on-accent: #ffffff; --bad: #a4262c; --good: #1b6e3c; --mono: ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6ebf1; --soft: #9aa7b5; --line: #2c3642; --paper: #171d25; --ground: #0e1218; --accent: #5db4ec; --on-accent: #06121c; --bad: #ff8e8e; --good: #6fd397; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 31rem; margin: 0 auto; padding: 12vh 1rem 3rem; }
main.wide { max-width: 90rem; padding-top: 2.5rem; }
.card { background: var(--paper); border: 1px solid var(--line); border-radius: 14px; padding: 1.75rem; }
h1 { font-size: 1.35rem; line-height: 1.25; margin: 0 0 .5rem; letter-spacing: -.01em; }
h2 { font-size: 1rem; margin: 0 0 .5rem; }
p { margin: 0 0 1rem; }
.card > :last-child { margin-bottom: 0; }
input + p { margin-top: .6rem; }
.soft { color: var(--soft); }
.small { font-size: .85rem; }
label { display: block; font-weight: 600; margin-bottom: .35rem; }
input[type=email], input[type=text] { width: 100%; font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--line); border-radius: 9px; padding: .65rem .8rem; }
button, a.button { display: block; width: 100%; font: inherit; font-weight: 600; text-align: center; text-decoration: none; cursor: pointer; color: var(--on-accent); background: var(--accent); border: 1px solid transparent; border-radius: 9px; padding: .65rem 1rem; margin-top: .75rem; }
button.quiet, a.button.quiet { color: var(--ink); background: transparent; border-color: var(--line); font-weight: 500; }
button:hover, a.button:hover { filter: brightness(1.08); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
a { color: var(--accent); }
code, pre { font-family: var(--mono); font-size: .82rem; }
pre { margin: 0; padding: 1rem; overflow: auto; background: var(--ground); border: 1px solid var(--line); border-radius: 9px; white-space: pre-wrap; overflow-wrap: anywhere; }
hr { border: 0; border-top: 1px solid var(--line); margin: 1.5rem 0 1.25rem; }
.logo { display: block; width: auto; height: auto; max-width: 12rem; max-height: 3rem; margin: 0 0 1.25rem; }
@media (prefers-color-scheme: dark) { .logo { padding: 5px 8px; background: #ffffff; border-radius: 6px; } }
.bad { color: var(--bad); }
.good { color: var(--good); }
`;
