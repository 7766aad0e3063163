/**
 * All that the oracle is told: what was sent and what was answered, what was mined, and what can be read from outside
 * afterwards. Plain data; nothing here or in this folder comes from the system under test.
 */

export interface Answer {
  readonly status: number;
  /** The outcome's name: `accepted`, `duplicate`, `held`, or the code of a refusal. */
  readonly code: string;
  readonly body: unknown;
  /** Events in the log when the answer arrived. */
  readonly at: number;
}

/** One message to one door, with every answer that its sender received. */
export interface Sent {
  readonly command: string;
  /** The identity that makes it count once. */
  readonly key: string;
  readonly way: 'http' | 'kafka' | 'statement';
  readonly content: Readonly<Record<string, unknown>>;
  /** The outcome that its content alone decides, whatever else is known. */
  readonly flaw?: string;
  /** Events in the log when it was sent first. */
  readonly at: number;
  readonly answers: Answer[];
}

export interface RawEvent {
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly recordedAt: string;
}

export interface RawRecord {
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: string | null;
}

export interface MinedTransaction {
  readonly txid: string;
  readonly coinbase: boolean;
  readonly inputs: readonly { readonly txid: string; readonly vout: number }[];
  readonly outputs: readonly { readonly vout: number; readonly amount: string; readonly address?: string }[];
}

export interface MinedBlock {
  readonly height: number;
  readonly hash: string;
  readonly time: string;
  readonly transactions: readonly MinedTransaction[];
}

export interface Testimony {
  readonly sent: readonly Sent[];
  readonly events: readonly RawEvent[];
  readonly topics: Readonly<Record<string, readonly RawRecord[]>>;
  /** The best chain at the end, from height 0. */
  readonly chain: readonly MinedBlock[];
  /** Every transaction that ever was in a block, abandoned ones included. */
  readonly mined: readonly MinedTransaction[];
  /** The addresses each transaction spends from, as far as they are strangers'. */
  readonly origins: readonly { readonly txid: string; readonly addresses: readonly string[] }[];
  /** Confirmations that make an output count. */
  readonly confirmations: number;
  /** Body of each public page that was asked for at the end, by path. */
  readonly pages: Readonly<Record<string, unknown>>;
  /** True time at the end, ISO. */
  readonly endedAt: string;
}

export interface Finding {
  /** The rule that does not hold: a number of docs/invariants.md, or a short name. */
  readonly rule: string;
  readonly message: string;
}
