import { createHash } from 'node:crypto';

/** One style sheet inside the page: nothing is loaded from anywhere else. Light, dark, narrow (each row becomes a card) and print. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1b2430; --soft: #5a6675; --line: #d9dee5; --paper: #fbfbf9; --card: #fff; --accent: #0b6e6e; --warn: #8a4b00; --warn-bg: #fff4e0; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ecf1; --soft: #a3afbd; --line: #33404e; --paper: #12181f; --card: #1a222b; --accent: #59c3c0; --warn: #ffc979; --warn-bg: #3a2a10; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif; }
header, main, footer { max-width: 68rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2.25rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0; letter-spacing: -0.01em; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 0.35rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 0.25rem; }
p { margin: 0.35rem 0 0.75rem; max-width: 46rem; }
.soft { color: var(--soft); }
.notice { background: var(--warn-bg); color: var(--warn); border-radius: 0.5rem; padding: 0.6rem 0.9rem; margin: 1rem 0; max-width: none; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: 1rem; margin: 1.25rem 0 0; padding: 0; list-style: none; }
.figures li { background: var(--card); border: 1px solid var(--line); border-radius: 0.75rem; padding: 1rem 1.15rem; }
.figures .name { color: var(--soft); font-size: 0.9rem; }
.figures .amount { display: block; font-size: 1.55rem; font-weight: 650; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; margin-bottom: 1.25rem; }
p strong { white-space: nowrap; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); padding: 0.25rem 0 0.5rem; font-size: 0.9rem; }
th, td { text-align: left; padding: 0.5rem 0.9rem 0.5rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
tbody th { font-weight: 500; font-size: 1rem; color: inherit; }
.flag { display: inline-block; background: var(--warn-bg); color: var(--warn); border-radius: 0.4rem; padding: 0.05rem 0.5rem; margin-left: 0.4rem; font-size: 0.82rem; font-weight: 600; white-space: normal; }
.flag.calm { background: none; border: 1px solid var(--line); color: var(--soft); }
.unseen { position: absolute; width: 1px; height: 1px; padding: 0; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.apart { margin-top: 1.25rem; }
th { font-weight: 600; font-size: 0.85rem; color: var(--soft); }
td.number, th.number { text-align: right; white-space: nowrap; }
dl.asof { display: grid; grid-template-columns: max-content 1fr; gap: 0.1rem 1rem; margin: 0.75rem 0 0; font-size: 0.9rem; }
dl.asof dt { color: var(--soft); }
dl.asof dd { margin: 0; overflow-wrap: anywhere; }
a { color: var(--accent); }
a:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
code { font-size: 0.9em; overflow-wrap: anywhere; }
footer { padding: 2.5rem 1.25rem 3rem; color: var(--soft); font-size: 0.9rem; }
footer ul { padding-left: 1.1rem; }
@media (max-width: 40rem) {
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table, caption, tbody, tr { display: block; }
  tr { padding: 0.5rem 0; border-bottom: 1px solid var(--line); }
  tbody th { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0.3rem 1rem; border: 0; padding: 0.1rem 0; font-weight: 650; }
  .flag { margin-left: 0; }
  td, td.number { display: flex; justify-content: space-between; gap: 1rem; border: 0; padding: 0.1rem 0; text-align: right; overflow-wrap: anywhere; }
  td::before { content: attr(data-label); color: var(--soft); font-size: 0.85rem; font-weight: 600; text-align: left; white-space: normal; overflow-wrap: normal; }
  td:empty { display: none; }
}
@media print { body { background: #fff; color: #000; } .figures li { break-inside: avoid; } }
`;

/** Nothing may be loaded, run, framed or sent anywhere; only the style above, by its hash, may style. */
export const CONTENT_SECURITY_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
