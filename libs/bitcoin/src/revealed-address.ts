import { addressOfScript, witnessScriptOf } from './addresses.js';
import type { TransactionInput } from './chain-source.js';
import { concat, hash160, sha256 } from './hashing.js';
import type { BitcoinNetwork } from './networks.js';

const MULTISIG = 0xae;
const ANNEX = 0x50;

/**
 * The address that an input spends from, as far as the spend reveals it: P2PKH and P2WPKH by their public key, P2SH and
 * P2WSH by their script. Taproot's key, bare keys and bare multisig stand in the earlier output only: undefined.
 *
 * Assumed, since the amount spent is needed to check a signature: a stack of a signature and a public key is a spend
 * of that key's own address. A script of 33 bytes that looks like a public key would pass for it; nobody can be made to
 * look like another's listed address this way, but a listed script could hide. An index of transactions removes
 * the assumption (`ChainSource.transaction`).
 */
export function revealedAddress({ scriptSig = new Uint8Array(), witness = [] }: TransactionInput, network: BitcoinNetwork): string | undefined {
  const script = scriptSig.length === 0 ? witnessOutput(witness) : legacyOutput(scriptSig, witness);
  return script === undefined ? undefined : addressOfScript(script, network);
}

function witnessOutput(witness: readonly Uint8Array[]): Uint8Array | undefined {
  const [first, second] = witness;
  const last = witness.at(-1);
  if (first === undefined || last === undefined) return undefined;
  if (witness.length === 2 && second !== undefined && isSignature(first) && isCompressedKey(second)) return witnessScriptOf(0, hash160(second));
  if (isTaproot(witness)) return undefined;
  return witnessScriptOf(0, sha256(last));
}

/** A lone Schnorr signature, or a script with its control block; a last element of 0x50 is the annex. */
function isTaproot(witness: readonly Uint8Array[]): boolean {
  const stack = witness.length > 1 && witness.at(-1)?.[0] === ANNEX ? witness.slice(0, -1) : witness;
  const last = stack.at(-1);
  if (last === undefined) return true;
  if (stack.length === 1) return last.length === 64 || last.length === 65;
  return last.length >= 33 && (last.length - 33) % 32 === 0 && (last[0] ?? 0) >= 0xc0;
}

function legacyOutput(scriptSig: Uint8Array, witness: readonly Uint8Array[]): Uint8Array | undefined {
  const pushes = pushesOf(scriptSig);
  const last = pushes?.at(-1);
  if (pushes === undefined || last === undefined) return undefined;
  if (witness.length > 0) return pushes.length === 1 ? scriptHashOutput(last) : undefined;
  if (pushes.length === 2 && isSignature(pushes[0] ?? last) && (isCompressedKey(last) || isPlainKey(last))) {
    return concat(Uint8Array.of(0x76, 0xa9, 0x14), hash160(last), Uint8Array.of(0x88, 0xac));
  }
  return pushes.length > 1 && last.at(-1) === MULTISIG ? scriptHashOutput(last) : undefined;
}

function scriptHashOutput(redeemScript: Uint8Array): Uint8Array {
  return concat(Uint8Array.of(0xa9, 0x14), hash160(redeemScript), Uint8Array.of(0x87));
}

/** What a script of nothing but pushes puts on the stack; undefined for any other. */
function pushesOf(script: Uint8Array): Uint8Array[] | undefined {
  const pushes: Uint8Array[] = [];
  for (let at = 0; at < script.length; ) {
    const opcode = script[at++] ?? 0;
    let length = opcode;
    if (opcode === 0x4c) length = script[at++] ?? 0;
    else if (opcode === 0x4d) {
      length = (script[at] ?? 0) + 256 * (script[at + 1] ?? 0);
      at += 2;
    } else if (opcode >= 0x4e) return undefined;
    if (at + length > script.length) return undefined;
    pushes.push(script.subarray(at, at + length));
    at += length;
  }
  return pushes;
}

/** A DER signature with its sighash byte. */
function isSignature(bytes: Uint8Array): boolean {
  return bytes.length >= 9 && bytes.length <= 73 && bytes[0] === 0x30 && bytes[1] === bytes.length - 3;
}

function isCompressedKey(bytes: Uint8Array): boolean {
  return bytes.length === 33 && (bytes[0] === 2 || bytes[0] === 3);
}

function isPlainKey(bytes: Uint8Array): boolean {
  return bytes.length === 65 && bytes[0] === 4;
}
