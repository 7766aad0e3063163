import { makeTransaction, transactionOf, type ChainSource, type Transaction } from '@qazyna/bitcoin';
import { originsOf } from './deposit-origins.source.js';

const signature = Uint8Array.from([0x30, 69, ...Array<number>(70).fill(1)]);
const key = Uint8Array.from([2, ...Array<number>(32).fill(7)]);
const taproot = { sequence: 0, scriptSig: new Uint8Array(), witness: [new Uint8Array(64)] };
const keyed = { sequence: 0, scriptSig: new Uint8Array(), witness: [signature, key] };
const earlier = transactionOf(makeTransaction({ version: 2, lockTime: 0, inputs: [{ ...keyed, txid: '11'.repeat(32), vout: 0 }], outputs: [{ amount: 1n, script: Uint8Array.from([0x51, 0x20, ...Array<number>(32).fill(9)]) }, { amount: 1n, script: Uint8Array.of(0x6a) }] }), 'regtest');
const spending = (...inputs: readonly { readonly txid: string; readonly vout: number; readonly how: typeof keyed }[]): Transaction =>
  transactionOf(makeTransaction({ version: 2, lockTime: 0, inputs: inputs.map(({ txid, vout, how }) => ({ ...how, txid, vout })), outputs: [{ amount: 1n, script: Uint8Array.of(0x6a) }] }), 'regtest');
const source = (known: readonly Transaction[]): ChainSource => ({ network: 'regtest', transaction: (txid: string) => Promise.resolve(known.find((each) => each.txid === txid)) }) as unknown as ChainSource;
const without = { network: 'regtest' } as unknown as ChainSource;

describe('the origins of a deposit', () => {
  it('are what the spends reveal, each address once, where the source knows no earlier transactions', async () => {
    const paying = spending({ txid: '22'.repeat(32), vout: 0, how: keyed }, { txid: '33'.repeat(32), vout: 1, how: keyed }, { txid: '44'.repeat(32), vout: 0, how: taproot });
    const { addresses, unknown } = await originsOf(paying, without);
    expect({ addresses: addresses.length, unknown }).toEqual({ addresses: 1, unknown: 1 });
    expect(addresses[0]).toMatch(/^bcrt1q/);
  });

  it('are what the outputs spent say, where the source knows them: Taproot too', async () => {
    const paying = spending({ txid: earlier.txid, vout: 0, how: taproot });
    expect(await originsOf(paying, source([earlier]))).toEqual({ addresses: [earlier.outputs[0]?.address], unknown: 0 });
    expect(await originsOf(paying, source([]))).toEqual({ addresses: [], unknown: 1 });
  });

  it('believe the output spent before what the spend reveals', async () => {
    const paying = spending({ txid: earlier.txid, vout: 0, how: keyed });
    expect(await originsOf(paying, source([earlier]))).toEqual({ addresses: [earlier.outputs[0]?.address], unknown: 0 });
  });

  it('are unknown where the output spent has no address', async () => {
    expect(await originsOf(spending({ txid: earlier.txid, vout: 1, how: keyed }), source([earlier]))).toEqual({ addresses: [], unknown: 1 });
  });

  it('are none for new coins', async () => expect(await originsOf({ ...earlier, coinbase: true, inputs: [] }, without)).toEqual({ addresses: [], unknown: 0 }));

  it('beyond the most that an event names are unknown', async () => {
    const many = Array.from({ length: 600 }, (_, index) => ({ txid: '55'.repeat(32), vout: index, how: { ...keyed, witness: [signature, Uint8Array.from([2, index % 256, index >> 8, ...Array<number>(30).fill(1)])] } }));
    const { addresses, unknown } = await originsOf(spending(...many), without);
    expect([addresses.length, unknown]).toEqual([500, 100]);
  });
});
