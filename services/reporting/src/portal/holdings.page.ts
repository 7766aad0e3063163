import type { AssetFigure, CustodyFigure, Figures, Holdings, SourceFigure } from '../holdings/holdings.js';
import { claimSections, payoutClaims } from './claims.page.js';
import { grouped, html, type Html } from './html.page.js';
import { documentOf } from './layout.page.js';
import { LEGAL_STATUS } from './words.page.js';

/** Rows of a table on the page; the JSON has all of them. */
const ROWS_MAX = 50;

const SOURCE: Readonly<Record<string, string>> = {
  mining: 'Mining under licence',
  seizure: 'Forfeited in case',
  case: 'Case',
  purchase: 'Purchase',
  donation: 'Donation',
  unidentified: 'Not yet identified, in vault',
  'screening-hold': 'Until its origin is cleared, in vault',
};

type Class = Figures['classes'][number];

/** The public page: the figures, what they mean, and how to check them. Works without JavaScript. */
export function holdingsPage({ asOf, figures }: Holdings): string {
  const of = (name: Class['class']): Class | undefined => figures.classes.find((row) => row.class === name);
  const reserve = of('reserve')?.assets ?? [];
  const trust = of('held-in-trust')?.assets ?? [];
  const operational = of('operational')?.assets ?? [];
  const main = html`<section aria-labelledby="reserve">
<h2 id="reserve">The reserve</h2>
<p>State property: forfeited by final order and decision, paid by licensed mining, bought by order of the state, or given to it.</p>
${cards(reserve, 'The reserve holds nothing yet.')}
${reserve.map((figure) => classTables(figure, 'of the reserve'))}
</section>
<section aria-labelledby="trust">
<h2 id="trust">Held in trust</h2>
<p>Seized coins under the custodian's keys that still await the law's decision. They are <strong>not</strong> part of the reserve.</p>
${cards(trust.filter(({ baseUnits }) => baseUnits !== '0'), 'Nothing is held in trust.')}
${trust.map(trustTables)}
</section>
${operational.length === 0 ? html`` : html`<section aria-labelledby="operational">
<h2 id="operational">For running the custody</h2>
<p>What pays for moving the coins above. It is <strong>not</strong> part of the reserve.</p>
${cards(operational, '')}
${operational.map((figure) => classTables(figure, 'for running the custody'))}
</section>`}
<section aria-labelledby="claims">
<h2 id="claims">Claimed, not controlled</h2>
<p>Announced by agencies and pools, and not (or not yet) shown by a blockchain under the custodian's keys. No part of any figure above, and each kind stands apart: coins, accounts, devices and machines are never added to one another.</p>
${claimSections(figures.claims)}
${payoutClaims(figures.claims.payouts)}
</section>`;
  return documentOf({
    title: 'Qazyna: the state reserve of crypto-assets',
    description: 'What the state reserve of crypto-assets holds, what is held in trust, and what is only claimed.',
    heading: 'The state reserve of crypto-assets',
    lead: html`Every figure below is computed from a public journal and can be traced to its source.`,
    asOf,
    main,
    checks: html`<li><a href="/v1/holdings">the figures as JSON</a></li>
<li><a href="/v1/journal/entries">the journal, entry by entry</a></li>
<li><a href="/trace/entry/0">the first entry, traced to its source</a></li>`,
  });
}

/** Coins and tokens first; whatever else is held stands in cards of its own, so that nobody adds one to the other. */
function cards(assets: readonly AssetFigure[], nothing: string): Html {
  if (assets.length === 0) return html`<p class="soft">${nothing}</p>`;
  const [tokens, others] = [assets.filter(isToken), assets.filter((figure) => !isToken(figure))];
  const list = (figures: readonly AssetFigure[]): Html => html`<ul class="figures">${figures.map(({ symbol, coins }) => html`<li><span class="name">${symbol}</span><span class="amount">${grouped(coins)}</span></li>`)}</ul>`;
  return html`${tokens.length === 0 ? html`` : list(tokens)}${others.length === 0 ? html`` : html`<p class="soft apart">Held besides, and not coins: fund units, equipment and the like.</p>${list(others)}`}`;
}

function isToken({ kind }: AssetFigure): boolean {
  return kind === 'coin' || kind === 'token';
}

function classTables(figure: AssetFigure, whose: string): Html {
  return html`<h3>${figure.symbol}</h3>
${table(`Where ${figure.symbol} ${whose} came from`, ['Source', ''], figure.sources, (row: SourceFigure) => [html`<span>${SOURCE[row.source] ?? row.source} ${sourceLink(row)}</span>`, html``], figure.symbol)}
${table(`Where ${figure.symbol} ${whose} is`, ['Place', 'Tier'], figure.custody, (row: CustodyFigure) => [html`${placeOf(row)}`, html`${row.tier ?? ''}`], figure.symbol)}`;
}

function trustTables(figure: AssetFigure): Html {
  const owed = figure.owedToOtherClasses.map((row) => html`<p>The trust vaults also hold <strong>${grouped(row.coins)}&nbsp;${figure.symbol}</strong> that already belong to the ${row.class} and wait to be moved to its own vaults.</p>`);
  return html`<h3>${figure.symbol}</h3>
${figure.byLegalStatus.length < 2 ? html`` : table(`${figure.symbol} held in trust, by legal status`, ['Legal status', ''], figure.byLegalStatus, ({ legalStatus }) => [html`${LEGAL_STATUS[legalStatus] ?? legalStatus}`, html``], figure.symbol)}
${table(`${figure.symbol} held in trust, by case`, ['Case', 'Legal status'], figure.sources, (row: SourceFigure) => [row.source === 'case' ? sourceLink(row) : html`${SOURCE[row.source] ?? row.source} ${row.id}`, html`${LEGAL_STATUS[row.legalStatus] ?? row.legalStatus}`], figure.symbol)}
${owed}`;
}

function sourceLink({ source, id }: SourceFigure): Html {
  return source === 'seizure' || source === 'case' ? html`<a href="/trace/case/${encodeURIComponent(id)}">${id}</a>` : html`${id}`;
}

function placeOf({ status, place }: CustodyFigure): string {
  if (status === 'in-vault') return `Vault ${place}`;
  if (status === 'due') return `In the ${place === 'held-in-trust' ? 'trust' : place} vaults, due to it`;
  return status === 'in-transit' ? `In transit, transfer ${place}` : `Off chain at ${place}`;
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
