import { secp256k1 } from '@noble/curves/secp256k1.js';
import { HDKey } from '@scure/bip32';
import { witnessScriptOf } from '../addresses.js';
import { compactSizeBytes, uint32Bytes, uint64Bytes } from '../byte-reader.js';
import { concat, hash160, hashBytes, sha256, sha256d } from '../hashing.js';
import { makeTransaction, serializeOutput, type RawOutput, type RawTransaction } from '../transactions.js';

export interface Coin {
  readonly txid: string;
  readonly vout: number;
  readonly amount: bigint;
}

const SIGHASH_ALL = 1;
/** Final, and without a relative lock (BIP-68). */
const SEQUENCE = 0xfffffffe;

/** The sandbox miner's one P2WPKH key, made from the chain's seed. It receives every coinbase and all change. */
export class MinerWallet {
  readonly script: Uint8Array;
  private readonly publicKey: Uint8Array;
  private readonly privateKey: Uint8Array;
  private readonly publicKeyHash: Uint8Array;

  constructor(seed: string) {
    const key = HDKey.fromMasterSeed(sha256(Buffer.from(`qazyna sandbox miner ${seed}`))).derive("m/84'/1'/0'/0/0");
    if (key.privateKey === null || key.publicKey === null) throw new Error('a key derived from a seed has both halves');
    this.privateKey = key.privateKey;
    this.publicKey = key.publicKey;
    this.publicKeyHash = hash160(key.publicKey);
    this.script = witnessScriptOf(0, this.publicKeyHash);
  }

  /** A transaction that spends coins of this wallet, each input signed (BIP-143, RFC 6979: the same every time). */
  sign(coins: readonly Coin[], outputs: readonly RawOutput[]): RawTransaction {
    const outpoints = coins.map(({ txid, vout }) => concat(hashBytes(txid), uint32Bytes(vout)));
    const hashPrevouts = sha256d(concat(...outpoints));
    const hashSequence = sha256d(concat(...coins.map(() => uint32Bytes(SEQUENCE))));
    const hashOutputs = sha256d(concat(...outputs.map(serializeOutput)));
    const scriptCode = concat(Uint8Array.of(0x76, 0xa9, 0x14), this.publicKeyHash, Uint8Array.of(0x88, 0xac));
    const inputs = coins.map(({ txid, vout, amount }, i) => {
      const digest = sha256d(
        concat(
          uint32Bytes(2),
          hashPrevouts,
          hashSequence,
          outpoints[i] ?? new Uint8Array(),
          compactSizeBytes(scriptCode.length),
          scriptCode,
          uint64Bytes(amount),
          uint32Bytes(SEQUENCE),
          hashOutputs,
          uint32Bytes(0),
          uint32Bytes(SIGHASH_ALL),
        ),
      );
      const signature = secp256k1.sign(digest, this.privateKey, { prehash: false, format: 'der' });
      return { txid, vout, scriptSig: new Uint8Array(), sequence: SEQUENCE, witness: [concat(signature, Uint8Array.of(SIGHASH_ALL)), this.publicKey] };
    });
    return makeTransaction({ version: 2, inputs, outputs, lockTime: 0 });
  }
}
