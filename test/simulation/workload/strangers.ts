import { deriveAddress, parseDescriptor, sandboxVaultDescriptor } from '@qazyna/bitcoin';

/** People whose coins come to us. Some of them get onto a list of those nobody may deal with. */

const STRANGERS = 4;
let known: readonly string[] | undefined;

function addresses(): readonly string[] {
  if (known !== undefined) return known;
  const descriptor = parseDescriptor(sandboxVaultDescriptor('strangers', 'regtest'), 'regtest');
  return (known = Array.from({ length: STRANGERS }, (_, index) => deriveAddress(descriptor, { change: 0, index }).address));
}

/** Nobody ever says anything against this one. */
export function honest(): string {
  return addresses()[0] ?? '';
}

/** May be listed, from the first or later, and may be taken off the list. */
export function suspects(): readonly string[] {
  return addresses().slice(1);
}
