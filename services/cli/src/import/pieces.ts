import type { StatementMedia } from './statements.client.js';

/** Bytes that are handed in together. A file of lines is cut at its lines; a JSON document cannot be. */
export interface Piece {
  readonly bytes: Uint8Array;
  /** Lines of the file before those of the piece, less the header that each piece repeats. */
  readonly linesBefore: number;
}

const NEWLINE = 0x0a;
const QUOTE = 0x22;

/** Pieces of about so many bytes, each whole lines; a CSV piece begins with the file's header. One piece is the file itself. */
export function piecesOf(bytes: Uint8Array, media: StatementMedia, bytesMax: number): readonly Piece[] {
  if (media === 'json' || bytes.length <= bytesMax) return [{ bytes, linesBefore: 0 }];
  const ends = lineEnds(bytes, media === 'csv');
  const headerEnd = media === 'csv' ? (ends[0]?.at ?? bytes.length) : 0;
  const header = bytes.subarray(0, headerEnd);
  const headerLines = media === 'csv' ? (ends[0]?.lines ?? 0) : 0;
  const pieces: Piece[] = [];
  let [from, lines] = [headerEnd, headerLines];
  for (const [index, end] of ends.entries()) {
    const next = ends[index + 1]?.at ?? end.at;
    const isLast = index === ends.length - 1;
    if (end.at <= from || (!isLast && header.length + next - from <= bytesMax)) continue;
    pieces.push({ bytes: Buffer.concat([header, bytes.subarray(from, end.at)]), linesBefore: lines - headerLines });
    [from, lines] = [end.at, end.lines];
  }
  return pieces;
}

interface LineEnd {
  /** Offset after the line's newline, or the end of the file. */
  readonly at: number;
  /** Lines up to there. */
  readonly lines: number;
}

/** Where records end. In CSV a newline between quotes ends none. */
function lineEnds(bytes: Uint8Array, quoted: boolean): readonly LineEnd[] {
  const ends: LineEnd[] = [];
  let inQuotes = false;
  let lines = 0;
  for (const [index, byte] of bytes.entries()) {
    if (quoted && byte === QUOTE) inQuotes = !inQuotes;
    if (byte !== NEWLINE) continue;
    lines += 1;
    if (!inQuotes) ends.push({ at: index + 1, lines });
  }
  if ((ends.at(-1)?.at ?? 0) < bytes.length) ends.push({ at: bytes.length, lines: lines + 1 });
  return ends;
}
