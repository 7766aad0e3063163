import type { ScreeningFormat } from '@qazyna/contracts';
import { OpenSanctionsReader, TextListReader } from './line-lists.adapter.js';
import { UnreadableList, type ListReader, type ReadList } from './list-entries.adapter.js';
import { SdnAdvancedReader, SdnReader } from './ofac-list.adapter.js';

const READERS: Readonly<Record<ScreeningFormat, () => ListReader>> = {
  'ofac-sdn': () => new SdnReader(),
  'ofac-sdn-advanced': () => new SdnAdvancedReader(),
  text: () => new TextListReader(),
  opensanctions: () => new OpenSanctionsReader(),
};

const CHUNK_BYTES = 256 * 1024;
const SNIFFED = 4_096;

/** The two files of OFAC are told apart by their root element. */
export function ofacFormatOf(bytes: Uint8Array): 'ofac-sdn' | 'ofac-sdn-advanced' {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, SNIFFED)).toString('latin1');
  return /<(?:\w+:)?Sanctions[\s>]/.test(start) ? 'ofac-sdn-advanced' : 'ofac-sdn';
}

/** Reads a file in pieces, so that a long one leaves no second copy. @throws {UnreadableList} */
export async function readList(format: ScreeningFormat, bytes: Uint8Array): Promise<ReadList> {
  const reader = READERS[format]();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for (let from = 0; from < bytes.length; from += CHUNK_BYTES) {
    reader.write(decodePiece(decoder, bytes.subarray(from, from + CHUNK_BYTES), from + CHUNK_BYTES < bytes.length));
    // A hundred megabytes take seconds: others are answered in between.
    if (from > 0 && from % (16 * CHUNK_BYTES) === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return reader.end();
}

function decodePiece(decoder: InstanceType<typeof TextDecoder>, bytes: Uint8Array, stream: boolean): string {
  try {
    return decoder.decode(bytes, { stream });
  } catch (error) {
    throw new UnreadableList('list-encoding', `the file is not UTF-8: ${error instanceof Error ? error.message : String(error)}`);
  }
}
