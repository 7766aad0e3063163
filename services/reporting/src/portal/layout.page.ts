import type { AsOf } from '../holdings/holdings.js';
import { grouped, html, Html } from './html.page.js';
import { STYLE } from './style.page.js';

export interface PageParts {
  readonly title: string;
  readonly description: string;
  readonly heading: string;
  readonly lead: Html;
  readonly asOf: AsOf;
  readonly main: Html;
  /** List items: where the reader can check what the page says. */
  readonly checks: Html;
}

/** What every page has around what it says: as of when, whether the coins are worth anything, and how to check it. */
export function documentOf({ title, description, heading, lead, asOf, main, checks }: PageParts): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="${description}">
<title>${title}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<header>
<h1>${heading}</h1>
<p class="soft">${lead}</p>
${asOf.network === 'mainnet' ? html`` : html`<p class="notice" role="note">This runs on the test network <strong>${asOf.network}</strong>: its coins are worth nothing, and this is no real reserve.</p>`}
${asOfList(asOf)}
</header>
<main>
${main}
</main>
<footer>
<nav aria-label="Check it yourself">
<p>Check it yourself:</p>
<ul>
${checks}
<li><a href="/openapi.json">the interface (OpenAPI)</a></li>
</ul>
</nav>
</footer>
</body>
</html>
`.text;
}

function asOfList({ network, blockHeight, blockHash, blockTime, journalRevision }: AsOf): Html {
  if (blockHeight === null) return html`<p class="soft">No block has been followed yet.</p>`;
  return html`<dl class="asof">
<dt>As of block</dt><dd>${grouped(String(blockHeight))} on ${network}, <time datetime="${blockTime ?? ''}">${instant(blockTime ?? '')}</time></dd>
<dt>Block hash</dt><dd><code>${blockHash ?? ''}</code></dd>
<dt>Journal entry</dt><dd>${journalRevision === null ? 'none yet' : grouped(journalRevision)}</dd>
</dl>`;
}

/** An instant as people write it, in UTC. */
export function instant(iso: string): string {
  return iso.replace('T', ' ').replace(/(\.000)?Z$/, ' UTC');
}
