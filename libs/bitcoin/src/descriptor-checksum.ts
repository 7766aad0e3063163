/** The checksum of output descriptors. Source: BIP-380, "Checksum". */

const INPUT_CHARSET = '0123456789()[],\'/*abcdefgh@:$%{}IJKLMNOPQRSTUVWXYZ&+-.;<=>?!^_|~ijklmnopqrstuvwxyzABCDEFGH`#"\\ ';
const CHECKSUM_CHARSET = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const GENERATOR = [0xf5dee51989n, 0xa9fdca3312n, 0x1bab10e32dn, 0x3706b1677an, 0x644d626ffdn];

/**
 * The eight characters that follow `#`.
 * @throws {RangeError} the body has a character that descriptors cannot have
 */
export function descriptorChecksum(body: string): string {
  let state = 1n;
  let groups = 0;
  let groupLength = 0;
  for (const character of body) {
    const position = INPUT_CHARSET.indexOf(character);
    if (position < 0) throw new RangeError('a character that no descriptor has');
    state = step(state, position & 31);
    groups = groups * 3 + (position >> 5);
    groupLength += 1;
    if (groupLength === 3) {
      state = step(state, groups);
      groups = 0;
      groupLength = 0;
    }
  }
  if (groupLength > 0) state = step(state, groups);
  for (let i = 0; i < 8; i += 1) state = step(state, 0);
  state ^= 1n;
  return [...state.toString(32).padStart(8, '0')].map((digit) => CHECKSUM_CHARSET[parseInt(digit, 32)]).join('');
}

function step(state: bigint, symbol: number): bigint {
  const top = state >> 35n;
  let next = ((state & 0x7ffffffffn) << 5n) ^ BigInt(symbol);
  GENERATOR.forEach((generator, i) => {
    if ((top >> BigInt(i)) & 1n) next ^= generator;
  });
  return next;
}
