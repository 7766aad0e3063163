import type { AssetFigure, CustodyFigure, Figures, PayoutClaimFigure, SeizureClaimFigure, SourceFigure } from '../holdings/holdings.js';
import type { AsOf, Holdings } from '../holdings/holdings.query.js';
import { grouped, html, Html } from './html.page.js';
import { STYLE } from './style.page.js';

/** Rows of a table on the page; the JSON has all of them. */
const ROWS_MAX = 50;

const LEGAL_STATUS: Readonly<Record<string, string>> = {
  'reported': 'reported',
  'restricted': 'restricted',
  'arrested': 'arrested',
  'confiscation-ordered': 'confiscation ordered, not final',
  'final': 'final order, not yet decided on',
  'state-property': 'state property',
  'released': 'released',
  'state-mining': 'state-licensed mining',
  'unidentified': 'not yet identified',
};
const SOURCE: Readonly<Record<string, string>> = {
  mining: 'Mining under licence',
  seizure: 'Forfeited in case',
  case: 'Case',
  purchase: 'Purchase',
  donation: 'Donation',
  unidentified: 'Not yet identified, in vault',
};

type Class = Figures['classes'][number];

/** The public page: the figures, what they mean, and how to check them. Works without JavaScript. */
export function holdingsPage({ asOf, figures }: Holdings): string {
  const of = (name: Class['class']): Class | undefined => figures.classes.find((row) => row.class === name);
  const reserve = of('reserve')?.assets ?? [];
  const trust = of('held-in-trust')?.assets ?? [];
  const everything = [...reserve, ...trust];
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="What the state reserve of crypto-assets holds, what is held in trust, and what is only claimed.">
<title>Qazyna: the state reserve of crypto-assets</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<header>
<h1>The state reserve of crypto-assets</h1>
<p class="soft">Every figure below is computed from a public journal and can be traced to its source.</p>
${everything.some(({ test }) => test) ? html`<p class="notice" role="note">These are coins of the test network <strong>${asOf.network}</strong>: they are worth nothing, and this is no real reserve.</p>` : html``}
${asOfList(asOf)}
</header>
<main>
<section aria-labelledby="reserve">
<h2 id="reserve">The reserve</h2>
<p>State property: forfeited by final order and decision, or paid by state-licensed mining.</p>
${cards(reserve, 'The reserve holds nothing yet.')}
${reserve.map(reserveTables)}
</section>
<section aria-labelledby="trust">
<h2 id="trust">Held in trust</h2>
<p>Seized coins under the custodian's keys that still await the law's decision. They are <strong>not</strong> part of the reserve.</p>
${cards(trust.filter(({ baseUnits }) => baseUnits !== '0'), 'Nothing is held in trust.')}
${trust.map(trustTables)}
</section>
<section aria-labelledby="claims">
<h2 id="claims">Claimed, not controlled</h2>
<p>Announced by agencies and pools, and not (or not yet) shown by a blockchain under the custodian's keys. No part of any figure above; devices and equipment are counted apart and never added to coins.</p>
${seizureClaims(figures.claims.seizures)}
${payoutClaims(figures.claims.payouts)}
</section>
</main>
<footer>
<nav aria-label="Check it yourself">
<p>Check it yourself:</p>
<ul>
<li><a href="/v1/holdings">the figures as JSON</a></li>
<li><a href="/v1/journal/entries">the journal, entry by entry</a></li>
<li><a href="/v1/trace/entry/0">the first entry, traced to its source</a></li>
<li><a href="/openapi.json">the interface (OpenAPI)</a></li>
</ul>
</nav>
</footer>
</body>
</html>
`;
  return page.text;
}

function asOfList({ network, blockHeight, blockHash, blockTime, journalRevision }: AsOf): Html {
  if (blockHeight === null) return html`<p class="soft">No block has been followed yet.</p>`;
  return html`<dl class="asof">
<dt>As of block</dt><dd>${grouped(String(blockHeight))} on ${network}, <time datetime="${blockTime ?? ''}">${(blockTime ?? '').replace('T', ' ').replace(/(\.000)?Z$/, ' UTC')}</time></dd>
<dt>Block hash</dt><dd><code>${blockHash ?? ''}</code></dd>
<dt>Journal entry</dt><dd>${journalRevision === null ? 'none yet' : grouped(journalRevision)}</dd>
</dl>`;
}

function cards(assets: readonly AssetFigure[], nothing: string): Html {
  if (assets.length === 0) return html`<p class="soft">${nothing}</p>`;
  return html`<ul class="figures">${assets.map(({ symbol, coins }) => html`<li><span class="name">${symbol}</span><span class="amount">${grouped(coins)}</span></li>`)}</ul>`;
}

function reserveTables(figure: AssetFigure): Html {
  return html`<h3>${figure.symbol}</h3>
${table(`Where ${figure.symbol} of the reserve came from`, ['Source', ''], figure.sources, (row: SourceFigure) => [html`<span>${SOURCE[row.source] ?? row.source} ${sourceLink(row)}</span>`, html``], figure.symbol)}
${table(`Where ${figure.symbol} of the reserve is`, ['Place', 'Tier'], figure.custody, (row: CustodyFigure) => [html`${placeOf(row)}`, html`${row.tier ?? ''}`], figure.symbol)}`;
}

function trustTables(figure: AssetFigure): Html {
  const owed = figure.owedToOtherClasses.map((row) => html`<p>The trust vaults also hold <strong>${grouped(row.coins)}&nbsp;${figure.symbol}</strong> that already belong to the ${row.class} and wait to be moved to its own vaults.</p>`);
  return html`<h3>${figure.symbol}</h3>
${table(`${figure.symbol} held in trust, by case`, ['Case', 'Legal status'], figure.sources, (row: SourceFigure) => [html`${sourceLink(row)}`, html`${LEGAL_STATUS[row.legalStatus] ?? row.legalStatus}`], figure.symbol)}
${owed}`;
}

function sourceLink({ source, id }: SourceFigure): Html {
  return source === 'seizure' || source === 'case' ? html`<a href="/v1/trace/case/${encodeURIComponent(id)}">${id}</a>` : html`${id}`;
}

function placeOf({ status, place }: CustodyFigure): string {
  if (status === 'in-vault') return `Vault ${place}`;
  if (status === 'due') return `In the ${place === 'held-in-trust' ? 'trust' : place} vaults, due to the reserve`;
  return status === 'in-transit' ? `In transit, transfer ${place}` : `Off chain at ${place}`;
}

function seizureClaims(rows: readonly SeizureClaimFigure[]): Html {
  const open = rows.filter(({ outstanding }) => outstanding.baseUnits !== '0');
  if (open.length === 0) return html`<p class="soft">No seizure is claimed that is not under control.</p>`;
  return html`<div class="scroll"><table><caption>Seizures claimed and not under control</caption>
<thead><tr><th scope="col">Asset</th><th scope="col">Legal status</th><th scope="col" class="number">Cases</th><th scope="col" class="number">Claimed</th><th scope="col" class="number">Not under control</th></tr></thead>
<tbody>${open.map((row) => html`<tr><td data-label="Asset">${row.symbol}${row.kind === 'equipment' ? ' (equipment, pieces)' : ''}</td><td data-label="Legal status">${LEGAL_STATUS[row.legalStatus] ?? row.legalStatus}</td><td class="number" data-label="Cases">${row.cases}</td><td class="number" data-label="Claimed">${grouped(row.claimed.coins)}</td><td class="number" data-label="Not under control">${grouped(row.outstanding.coins)}</td></tr>`)}</tbody></table></div>`;
}

function payoutClaims(rows: readonly PayoutClaimFigure[]): Html {
  if (rows.length === 0) return html`<p class="soft">No payout is claimed that the chain has not shown.</p>`;
  return html`<div class="scroll"><table><caption>Payouts claimed by pools and not shown by the chain</caption>
<thead><tr><th scope="col">Asset</th><th scope="col">State of the claim</th><th scope="col" class="number">Payouts</th><th scope="col" class="number">Amount claimed</th></tr></thead>
<tbody>${rows.map((row) => html`<tr><td data-label="Asset">${row.symbol}</td><td data-label="State of the claim">${row.status}</td><td class="number" data-label="Payouts">${grouped(String(row.payouts))}</td><td class="number" data-label="Amount claimed">${grouped(row.coins)}</td></tr>`)}</tbody></table></div>`;
}

function table<Row extends { readonly coins: string }>(caption: string, [first, second]: readonly [string, string], rows: readonly Row[], cells: (row: Row) => readonly [Html, Html], symbol: string): Html {
  if (rows.length === 0) return html``;
  const shown = rows.slice(0, ROWS_MAX);
  return html`<div class="scroll"><table><caption>${caption}${rows.length > ROWS_MAX ? ` (the first ${ROWS_MAX} of ${rows.length}; the JSON has all)` : ''}</caption>
<thead><tr><th scope="col">${first}</th>${second === '' ? html`` : html`<th scope="col">${second}</th>`}<th scope="col" class="number">${symbol}</th></tr></thead>
<tbody>${shown.map((row) => {
    const [left, right] = cells(row);
    return html`<tr><td data-label="${first}">${left}</td>${second === '' ? html`` : html`<td data-label="${second}">${right}</td>`}<td class="number" data-label="${symbol}">${grouped(row.coins)}</td></tr>`;
  })}</tbody></table></div>`;
}
