import type {
  EventsOf,
  PersonReference,
  PoolAccountAct,
  PoolAccountRegistered,
  PoolAccountRegistration,
  PoolAccountSuspended,
  PoolAccountTerms,
  PoolAccountTermsSet,
  WalletChange,
  WalletChangeConfirmed,
  WalletChangeProposed,
  WalletChangeWithdrawn,
} from '@qazyna/contracts';
import { poolAccountIdOf } from '@qazyna/contracts/names';
import { accept, refuse, type Decider, type Decision } from '@qazyna/event-store/decider';
import { bitcoinAsset } from '@qazyna/ledger';
import { isDay } from '../plausibility/chain-day.js';
import { sameContent } from '../licences/same-content.js';
import type { PoolAccount } from './pool-account-timeline.js';

export type PoolAccountEvent = EventsOf<{
  'mining.pool-account-registered': PoolAccountRegistered;
  'mining.wallet-change-proposed': WalletChangeProposed;
  'mining.wallet-change-confirmed': WalletChangeConfirmed;
  'mining.wallet-change-withdrawn': WalletChangeWithdrawn;
  'mining.pool-account-suspended': PoolAccountSuspended;
  'mining.pool-account-resumed': PoolAccountSuspended;
  'mining.pool-account-terms-set': PoolAccountTermsSet;
}>;
export type PoolAccountState = PoolAccount | undefined;

export type PoolAccountCommand =
  | { readonly kind: 'register'; readonly registration: PoolAccountRegistration }
  | { readonly kind: 'propose'; readonly change: WalletChange; readonly by: PersonReference; readonly now: string }
  | { readonly kind: 'confirm'; readonly changeId: string; readonly by: PersonReference; readonly now: string; readonly coolingMs: number }
  | { readonly kind: 'withdraw'; readonly changeId: string; readonly by: PersonReference; readonly now: string }
  | { readonly kind: 'act'; readonly act: PoolAccountAct }
  | { readonly kind: 'terms'; readonly terms: PoolAccountTerms };

/** Registers an account with its first wallet. A change of wallet is a command of its own, not a second registration. */
function register(registration: PoolAccountRegistration, state: PoolAccountState): Decision<PoolAccountEvent> {
  const { pool, account, licenceId, network, payoutAddress } = registration;
  if (state === undefined) {
    const data = { poolAccountId: poolAccountIdOf(pool, account), pool, account, licenceId, network, asset: bitcoinAsset(network).id, payoutAddress };
    return accept<PoolAccountEvent>({ type: 'mining.pool-account-registered', data });
  }
  const same = state.licenceId === licenceId && state.network === network && state.payoutAddress === payoutAddress;
  return same ? accept() : refuse('pool-account-conflict', `account ${account} at ${pool} is registered with other content`, 'account');
}

function propose(change: WalletChange, by: PersonReference, now: string, state: PoolAccount): Decision<PoolAccountEvent> {
  const { changeId, payoutAddress, document } = change;
  const known = state.known.get(changeId)?.proposal;
  if (known !== undefined) {
    const same = known.payoutAddress === payoutAddress && sameContent(known.document, document) && known.proposedBy.subject === by.subject;
    return same ? accept() : refuse('wallet-change-conflict', `change ${changeId} is known with other content`, 'changeId');
  }
  const open = state.proposed?.changeId ?? state.changes.find(({ effectiveFrom }) => Date.parse(effectiveFrom) > Date.parse(now))?.changeId;
  if (open !== undefined) return refuse('wallet-change-open', `change ${open} is not done yet: let it take effect or withdraw it first`, 'changeId');
  if ((state.changes.at(-1)?.payoutAddress ?? state.payoutAddress) === payoutAddress) return refuse('wallet-unchanged', 'payouts go to this wallet already', 'payoutAddress');
  return accept<PoolAccountEvent>({ type: 'mining.wallet-change-proposed', data: { poolAccountId: state.poolAccountId, changeId, payoutAddress, document, proposedBy: by } });
}

function confirm(changeId: string, by: PersonReference, now: string, coolingMs: number, state: PoolAccount): Decision<PoolAccountEvent> {
  const known = state.known.get(changeId);
  if (known === undefined) return refuse('unknown-wallet-change', `no change ${changeId} was proposed`, 'changeId');
  if (known.status === 'confirmed') return accept();
  if (known.status === 'withdrawn') return refuse('wallet-change-withdrawn', `change ${changeId} was withdrawn`, 'changeId');
  const { proposal } = known;
  if (proposal.proposedBy.subject === by.subject) return refuse('forbidden-own-proposal', 'who proposed a change of wallet cannot confirm it', 'changeId');
  // A clock that jumped back must not let a change take effect before the one it follows.
  const begins = Math.max(Date.parse(now), Date.parse(state.changes.at(-1)?.effectiveFrom ?? now));
  return accept<PoolAccountEvent>({
    type: 'mining.wallet-change-confirmed',
    data: {
      poolAccountId: state.poolAccountId,
      changeId,
      payoutAddress: proposal.payoutAddress,
      confirmedBy: by,
      confirmedAt: now,
      effectiveFrom: new Date(begins + coolingMs).toISOString(),
    },
  });
}

function withdraw(changeId: string, by: PersonReference, now: string, state: PoolAccount): Decision<PoolAccountEvent> {
  const known = state.known.get(changeId);
  if (known === undefined) return refuse('unknown-wallet-change', `no change ${changeId} was proposed`, 'changeId');
  if (known.status === 'withdrawn') return accept();
  const confirmed = state.changes.find((change) => change.changeId === changeId);
  if (confirmed !== undefined && Date.parse(confirmed.effectiveFrom) <= Date.parse(now)) {
    return refuse('wallet-change-done', `change ${changeId} has had effect since ${confirmed.effectiveFrom}: propose another`, 'changeId');
  }
  return accept<PoolAccountEvent>({ type: 'mining.wallet-change-withdrawn', data: { poolAccountId: state.poolAccountId, changeId, withdrawnBy: by, withdrawnAt: now } });
}

function actOver(act: PoolAccountAct, state: PoolAccount): Decision<PoolAccountEvent> {
  const known = state.acts.get(act.actId);
  const { actId, act: kind, effectiveAt, document } = act;
  if (known !== undefined) {
    const same = known.act === kind && known.effectiveAt === effectiveAt && sameContent(known.document, document);
    return same ? accept() : refuse('pool-account-act-conflict', `act ${actId} is known with other content`, 'actId');
  }
  const data = { poolAccountId: state.poolAccountId, actId, act: kind, effectiveAt, document };
  return accept<PoolAccountEvent>({ type: kind === 'suspend' ? 'mining.pool-account-suspended' : 'mining.pool-account-resumed', data });
}

/** Terms are never edited: others from the same day take their place, under an id of their own. */
function setTerms(terms: PoolAccountTerms, state: PoolAccount): Decision<PoolAccountEvent> {
  const { termsId, from, poolFeePpm, hashRate, document } = terms;
  if (!isDay(from)) return refuse('day-unknown', `${from} is no day of the calendar`, 'from');
  if (poolFeePpm === undefined && hashRate === undefined) return refuse('terms-empty', 'terms name the pool\'s fee, a hash rate, or both', 'poolFeePpm');
  const known = state.terms.find((each) => each.termsId === termsId);
  if (known !== undefined) {
    const same = known.from === from && known.poolFeePpm === poolFeePpm && known.hashRate === hashRate && sameContent(known.document, document);
    return same ? accept() : refuse('pool-account-terms-conflict', `terms ${termsId} are known with other content`, 'termsId');
  }
  const named = { ...(poolFeePpm === undefined ? {} : { poolFeePpm }), ...(hashRate === undefined ? {} : { hashRate }) };
  return accept<PoolAccountEvent>({ type: 'mining.pool-account-terms-set', data: { poolAccountId: state.poolAccountId, termsId, from, ...named, document } });
}

function decide(command: PoolAccountCommand, state: PoolAccountState): Decision<PoolAccountEvent> {
  if (command.kind === 'register') return register(command.registration, state);
  if (state === undefined) return refuse('unknown-pool-account', 'the pool account is not registered');
  switch (command.kind) {
    case 'propose':
      return propose(command.change, command.by, command.now, state);
    case 'confirm':
      return confirm(command.changeId, command.by, command.now, command.coolingMs, state);
    case 'withdraw':
      return withdraw(command.changeId, command.by, command.now, state);
    case 'act':
      return actOver(command.act, state);
    case 'terms':
      return setTerms(command.terms, state);
  }
}

function evolve(state: PoolAccountState, event: PoolAccountEvent): PoolAccountState {
  if (event.type === 'mining.pool-account-registered') return { ...event.data, proposed: undefined, changes: [], known: new Map(), acts: new Map(), terms: [] };
  if (state === undefined) throw new Error(`${event.type} before mining.pool-account-registered`);
  const marked = (changeId: string, status: 'confirmed' | 'withdrawn'): PoolAccount['known'] => {
    const change = state.known.get(changeId);
    if (change === undefined) throw new Error(`${event.type} of a change nobody proposed`);
    return new Map([...state.known, [changeId, { ...change, status }]]);
  };
  switch (event.type) {
    case 'mining.wallet-change-proposed':
      return { ...state, proposed: event.data, known: new Map([...state.known, [event.data.changeId, { proposal: event.data, status: 'proposed' as const }]]) };
    case 'mining.wallet-change-confirmed':
      assertFourEyes(event.data, state);
      return { ...state, proposed: undefined, changes: [...state.changes, event.data], known: marked(event.data.changeId, 'confirmed') };
    case 'mining.wallet-change-withdrawn': {
      const { changeId } = event.data;
      return {
        ...state,
        proposed: state.proposed?.changeId === changeId ? undefined : state.proposed,
        changes: state.changes.filter((change) => change.changeId !== changeId),
        known: marked(changeId, 'withdrawn'),
      };
    }
    case 'mining.pool-account-suspended':
    case 'mining.pool-account-resumed':
      return { ...state, acts: new Map([...state.acts, [event.data.actId, event.data]]) };
    case 'mining.pool-account-terms-set':
      return { ...state, terms: [...state.terms, event.data] };
  }
}

/** INV-44, on what is read as on what is written: two people, and no effect before the confirmation or the change before. */
function assertFourEyes({ changeId, confirmedBy, confirmedAt, effectiveFrom }: WalletChangeConfirmed, state: PoolAccount): void {
  if (state.known.get(changeId)?.proposal.proposedBy.subject === confirmedBy.subject) throw new Error(`INV-44: change ${changeId} was confirmed by who proposed it`);
  const before = state.changes.at(-1)?.effectiveFrom ?? confirmedAt;
  if (Date.parse(effectiveFrom) < Math.max(Date.parse(confirmedAt), Date.parse(before))) throw new Error(`INV-44: change ${changeId} has effect before it was confirmed, or before the one it follows`);
}

export const poolAccountDecider: Decider<PoolAccountState, PoolAccountCommand, PoolAccountEvent> = { initialState: () => undefined, decide, evolve };
