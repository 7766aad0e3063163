import { findAsset, formatAmount } from '@qazyna/ledger';
import type { Trace, TracedAct, TracedCase, TracedDeposit, TracedEntry, TracedFigure, TracedPayout } from '../trace/trace.js';
import { grouped, html, type Html } from './html.page.js';
import { instant, documentOf } from './layout.page.js';
import { LEGAL_STATUS } from './words.page.js';

const KIND: Readonly<Record<Trace['subject']['kind'], string>> = { case: 'case', payout: 'payout', entry: 'journal entry', txid: 'transaction' };
const NONE = html``;

/** One trace for people, in the order things happened: claim, chain, journal, figure. */
export function tracePage({ subject, asOf, cases, payouts, deposits, entries, figures, truncated }: Trace): string {
  const json = `/v1/trace/${subject.kind}/${encodeURIComponent(subject.id)}`;
  return documentOf({
    title: `Qazyna: trace of ${KIND[subject.kind]} ${subject.id}`,
    description: `From the claim to the public figure: ${KIND[subject.kind]} ${subject.id}.`,
    heading: `Trace of ${KIND[subject.kind]} ${subject.id}`,
    lead: html`From what was claimed to where it counts in <a href="/">the public figures</a>.`,
    asOf,
    main: html`${truncated ? html`<p class="notice" role="note">There is more than a trace shows; the journal has all of it.</p>` : NONE}
${section('claims', 'What was claimed', cases.length + payouts.length, 'Nothing was claimed.', html`${cases.map(caseRows)}${payoutRows(payouts)}`)}
${section('chain', 'What the blockchain shows', deposits.length, 'No blockchain shows it: a claim alone changes no figure.', depositRows(deposits))}
${section('journal', 'What the journal says', entries.length, 'The journal has no entry of it.', entryRows(entries))}
${section('figures', 'Where it counts', figures.length, 'It counts nowhere.', figureRows(figures))}`,
    checks: html`<li><a href="${json}">this trace as JSON</a></li>
<li><a href="/v1/journal/entries">the journal, entry by entry</a></li>
<li><a href="/v1/holdings">the figures as JSON</a></li>`,
  });
}

function section(id: string, heading: string, rows: number, nothing: string, content: Html): Html {
  return html`<section aria-labelledby="${id}">
<h2 id="${id}">${heading}</h2>
${rows === 0 ? html`<p class="soft">${nothing}</p>` : content}
</section>`;
}

function caseRows({ caseId, agency, caseNumber, legalStatus, acts, claimedAssets }: TracedCase): Html {
  return html`<h3>Case ${link('case', caseId, caseNumber)} of ${agency}: ${LEGAL_STATUS[legalStatus] ?? legalStatus}</h3>
${rows('Acts of the law', ['In effect from', 'Act', 'Over', 'What became of it', 'Document'], acts.map((act) => [
    html`<time datetime="${act.effectiveAt}">${instant(act.effectiveAt)}</time>`,
    html`${act.act}${act.corrects === undefined ? NONE : html` ${act.annuls === true ? 'annuls' : 'corrects'} ${nameOf(act.corrects, acts)}`}`,
    html`${act.assetIds?.join(', ') ?? ''}`,
    html`${outcomeOf(act)}`,
    html`${act.document.reference}, ${act.document.authority}`,
  ]))}
${rows('Assets the agency claims', ['Asset', 'What', 'Where', 'Legal status', 'Amount'], claimedAssets.map(({ assetId, asset, baseUnits, location, parts }) => [
    html`${assetId}`,
    html`${symbolOf(asset)}`,
    html`${[location.kind, location.exchange, location.make, location.model, location.fund].filter((each) => each !== undefined).join(' ')}`,
    html`${parts.map(({ legalStatus: status, share }) => `${share.numerator === share.denominator ? '' : `${share.numerator}/${share.denominator} `}${LEGAL_STATUS[status] ?? status}`).join(', ')}`,
    amountOf(asset, baseUnits),
  ]))}`;
}

function outcomeOf({ state, waitsFor, message }: TracedAct): string {
  if (state === 'held') return `waits for ${waitsFor ?? 'another act'}`;
  return state === 'overtaken' ? `no effect: ${message ?? ''}` : 'had its effect';
}

/** The corrected act by its name and day, where the trace shows it. */
function nameOf(factId: string, acts: readonly TracedAct[]): string {
  const corrected = acts.find((each) => each.factId === factId);
  return corrected === undefined ? 'an act that is not known yet' : `${corrected.act} of ${corrected.effectiveAt.slice(0, 10)}`;
}

function payoutRows(payouts: readonly TracedPayout[]): Html {
  return rows('Payouts the pools claim', ['Payout', 'State', 'Licence', 'Transaction', 'Amount'], payouts.map(({ payoutId, status, reasons, licenceId, txid, asset, baseUnits, credited }) => [
    link('payout', payoutId),
    html`${status}${credited ? ', credited' : ''}${reasons.map(({ message }) => html`<br>${message}`)}`,
    html`${licenceId ?? ''}`,
    html`<code>${txid}</code>`,
    amountOf(asset, baseUnits),
  ]));
}

function depositRows(deposits: readonly TracedDeposit[]): Html {
  return rows('Outputs that pay our vaults', ['Transaction', 'State', 'Block', 'Vault', 'For', 'Amount'], deposits.map(({ txid, state, height, vaultId, purpose, asset, baseUnits }) => [
    html`<code>${link('txid', txid)}</code>`,
    html`${state}`,
    html`${grouped(String(height))}`,
    html`${vaultId}`,
    purpose.kind === 'case' ? link('case', purpose.id) : html`${purpose.kind} ${purpose.id}`,
    amountOf(asset, baseUnits),
  ]));
}

function entryRows(entries: readonly TracedEntry[]): Html {
  const numberOf = new Map(entries.map(({ entryId, number }) => [entryId, number]));
  return html`${entries.map(({ number, kind, effectiveAt, recordedAt, corrects, act, postings }) =>
    rows(
      html`Entry ${link('entry', number)}: ${kind}, in effect from ${instant(effectiveAt)}, recorded ${instant(recordedAt)}${corrects === undefined ? NONE : html`, corrects entry ${link('entry', numberOf.get(corrects) ?? corrects)}`}${act === undefined ? NONE : html`, by ${act.kind} ${act.reference}`}`,
      ['Account', 'Side', 'Amount'],
      postings.map(({ account, asset, amount }) => [html`<code>${account}</code>`, html`${amount.startsWith('-') ? 'credit' : 'debit'}`, amountOf(asset, amount.replace(/^-/, ''))]),
    ),
  )}`;
}

function figureRows(figures: readonly TracedFigure[]): Html {
  return rows('What these entries together put on each account', ['Account', 'Side', 'Amount'], figures.map(({ account, asset, baseUnits, holdings }) => [
    html`<a href="${holdings}"><code>${account}</code></a>`,
    html`${baseUnits.startsWith('-') ? 'credit' : 'debit'}`,
    amountOf(asset, baseUnits.replace(/^-/, '')),
  ]));
}

/** A table whose last column is a number. */
function rows(caption: string | Html, columns: readonly string[], cells: readonly (readonly Html[])[]): Html {
  if (cells.length === 0) return NONE;
  const classOf = (index: number): Html => (index === columns.length - 1 && columns[index] === 'Amount' ? html` class="number"` : NONE);
  return html`<div class="scroll"><table><caption>${caption}</caption>
<thead><tr>${columns.map((column, index) => html`<th scope="col"${classOf(index)}>${column}</th>`)}</tr></thead>
<tbody>${cells.map((row) => html`<tr>${row.map((cell, index) => html`<td${classOf(index)} data-label="${columns[index] ?? ''}">${cell}</td>`)}</tr>`)}</tbody></table></div>`;
}

function link(kind: Trace['subject']['kind'], id: string, text: string = id): Html {
  return html`<a href="/trace/${kind}/${encodeURIComponent(id)}">${text}</a>`;
}

function symbolOf(assetId: string): string {
  return findAsset(assetId)?.symbol ?? assetId;
}

/** Exact, in coins where the asset's precision is known. */
function amountOf(assetId: string, baseUnits: string): Html {
  const asset = findAsset(assetId);
  return html`${grouped(asset === undefined ? baseUnits : formatAmount(BigInt(baseUnits), asset.decimals))}&nbsp;${symbolOf(assetId)}`;
}
