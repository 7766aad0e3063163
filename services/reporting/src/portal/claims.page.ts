import type { ClaimFigure, SeizureClaims } from '../holdings/claims.js';
import type { PayoutClaimFigure } from '../holdings/holdings.js';
import { grouped, html, type Html } from './html.page.js';
import { LEGAL_STATUS } from './words.page.js';

interface Kind<Row> {
  readonly title: string;
  readonly meaning: string;
  /** Head of the first column. */
  readonly what: string;
  readonly name: (row: Row) => string;
  /** Head of the column of counts. */
  readonly items: string;
}

const TOKENS: Kind<ClaimFigure> = { title: 'Coins and tokens elsewhere', meaning: 'At addresses whose keys the custodian does not hold.', what: 'Asset', name: ({ symbol }) => symbol, items: 'Addresses' };
const EXCHANGES: Kind<SeizureClaims['exchangeAccounts'][number]> = {
  title: 'Accounts at exchanges', meaning: 'Balances that an exchange owes; there are no coins of the custodian\'s behind them.', what: 'Exchange', name: ({ exchange, symbol }) => `${exchange}, ${symbol}`, items: 'Accounts',
};
const DEVICES: Kind<ClaimFigure> = { title: 'Devices', meaning: 'Holding a seized device is not control: its coins count once they are swept to the custodian\'s own keys.', what: 'Asset said to be on it', name: ({ symbol }) => symbol, items: 'Devices' };
const EQUIPMENT: Kind<SeizureClaims['equipment'][number]> = {
  title: 'Equipment', meaning: 'Machines, counted in pieces and never added to coins.', what: 'Make and model',
  name: ({ make, model, symbol }) => (make === null && model === null ? `${symbol}, make not reported` : [make, model].filter((word) => word !== null).join(' ')), items: 'Lots',
};
const FUNDS: Kind<SeizureClaims['fundUnits'][number]> = { title: 'Fund units', meaning: 'Shares in a fund, not the coins that the fund holds.', what: 'Fund', name: ({ fund, symbol }) => (fund === null ? symbol : `${fund}, ${symbol}`), items: 'Holdings' };
const MONEY: Kind<ClaimFigure> = { title: 'Money from sales', meaning: 'Proceeds of what a court let be sold before its verdict: the claim moved to them.', what: 'Currency', name: ({ symbol }) => symbol, items: 'Accounts' };

/** Each kind of claim under its own heading; a kind nobody claims is not shown. */
export function claimSections({ tokens, exchangeAccounts, devices, equipment, fundUnits, money }: SeizureClaims): Html {
  const sections = [section(TOKENS, tokens), section(EXCHANGES, exchangeAccounts), section(DEVICES, devices), section(EQUIPMENT, equipment), section(FUNDS, fundUnits), section(MONEY, money)];
  const shown = sections.filter((each): each is Html => each !== undefined);
  return shown.length === 0 ? html`<p class="soft">No seizure is claimed that is not under control.</p>` : html`${shown}`;
}

function section<Row extends ClaimFigure>({ title, meaning, what, name, items }: Kind<Row>, rows: readonly Row[]): Html | undefined {
  const open = rows.filter(({ outstanding }) => outstanding.baseUnits !== '0');
  if (open.length === 0) return undefined;
  return html`<h3>${title}</h3>
<p class="soft">${meaning}</p>
<div class="scroll"><table><caption class="unseen">${title} claimed and not under control</caption>
<thead><tr><th scope="col">${what}</th><th scope="col">Legal status</th><th scope="col" class="number">${items}</th><th scope="col" class="number">Claimed</th><th scope="col" class="number">Not under control</th></tr></thead>
<tbody>${open.map(
    (row) => html`<tr><th scope="row" data-label="${what}">${name(row)} ${flags(row)}</th><td data-label="Legal status">${LEGAL_STATUS[row.legalStatus] ?? row.legalStatus}</td><td class="number" data-label="${items}">${grouped(String(row.items))}</td><td class="number" data-label="Claimed">${grouped(row.claimed.coins)}</td><td class="number" data-label="Not under control">${grouped(row.outstanding.coins)}</td></tr>`,
  )}</tbody></table></div>`;
}

function flags({ frozenByIssuer, inherited }: ClaimFigure): Html {
  return html`${frozenByIssuer.baseUnits === '0' ? html`` : html`<span class="flag">${grouped(frozenByIssuer.coins)} frozen by the issuer</span>`}${inherited.baseUnits === '0' ? html`` : html`<span class="flag calm">${grouped(inherited.coins)} found by fork, airdrop or dust</span>`}`;
}

export function payoutClaims(rows: readonly PayoutClaimFigure[]): Html {
  if (rows.length === 0) return html`<p class="soft">No payout is claimed that the chain has not shown.</p>`;
  return html`<h3>Payouts of mining pools</h3>
<p class="soft">Claimed by pools, and not shown by the chain.</p>
<div class="scroll"><table><caption class="unseen">Payouts claimed by pools and not shown by the chain</caption>
<thead><tr><th scope="col">Asset</th><th scope="col">State of the claim</th><th scope="col" class="number">Payouts</th><th scope="col" class="number">Amount claimed</th></tr></thead>
<tbody>${rows.map((row) => html`<tr><th scope="row" data-label="Asset">${row.symbol}</th><td data-label="State of the claim">${row.status}</td><td class="number" data-label="Payouts">${grouped(String(row.payouts))}</td><td class="number" data-label="Amount claimed">${grouped(row.coins)}</td></tr>`)}</tbody></table></div>`;
}
