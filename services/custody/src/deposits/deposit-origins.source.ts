import { revealedAddress, type ChainSource, type Transaction } from '@qazyna/bitcoin';
import { DEPOSIT_SOURCES_MAX, type DepositSources } from '@qazyna/contracts';

/** Earlier transactions asked for at once. */
const CONCURRENT_MAX = 16;

/**
 * The addresses that a transaction spends from: as the outputs it spends say, where the source knows the transactions
 * that made them, or else as the spend itself reveals. An input that shows neither is unknown, and so is what is beyond
 * the most that an event names.
 * @throws {ChainSourceUnavailable} ask again
 */
export async function originsOf(transaction: Transaction, source: ChainSource, signal?: AbortSignal): Promise<DepositSources> {
  const earlier = await earlierTransactions([...new Set(transaction.inputs.map(({ txid }) => txid))], source, signal);
  const addresses = new Set<string>();
  let unknown = 0;
  for (const input of transaction.inputs) {
    const spent = earlier.get(input.txid);
    const address = spent === undefined ? revealedAddress(input, source.network) : spent.outputs[input.vout]?.address;
    if (address === undefined || (!addresses.has(address) && addresses.size >= DEPOSIT_SOURCES_MAX)) unknown += 1;
    else addresses.add(address);
  }
  return { addresses: [...addresses], unknown };
}

async function earlierTransactions(txids: readonly string[], source: ChainSource, signal: AbortSignal | undefined): Promise<ReadonlyMap<string, Transaction>> {
  const found = new Map<string, Transaction>();
  if (source.transaction === undefined) return found;
  for (let from = 0; from < txids.length; from += CONCURRENT_MAX) {
    await Promise.all(
      txids.slice(from, from + CONCURRENT_MAX).map(async (txid) => {
        const transaction = await source.transaction?.(txid, signal === undefined ? {} : { signal });
        if (transaction !== undefined) found.set(txid, transaction);
      }),
    );
  }
  return found;
}
