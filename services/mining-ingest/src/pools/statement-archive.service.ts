import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { poolAccountIdOf, STATEMENT_PART_BYTES, streamOf, type StatementReceived } from '@qazyna/contracts';
import { handleCommand, type EventMetadata, type EventStore } from '@qazyna/event-store';
import { EVENT_STORE } from '@qazyna/service-kit';
import { statementDecider, type StatementCommand } from './statement-receipt.js';

export type StatementFacts = Omit<StatementReceived, 'rawBase64' | 'parts'>;

/** Identity of a statement: its account and the SHA-256 of its bytes. */
export function statementIdOf(pool: string, account: string, sha256: string): string {
  return `${poolAccountIdOf(pool, account)}-${sha256}`;
}

/** Keeps statements verbatim: bytes beside what was understood of them, in events that a store and a broker take. */
@Injectable()
export class StatementArchive {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  /**
   * Keeps a statement once; true when it was there. Of a long one the parts come first, so that a crash in between
   * leaves nothing that looks whole, and the same bytes again complete it.
   * @throws {StoreUnavailable | StoreTimeout} send it again
   */
  async keep(facts: StatementFacts, bytes: Uint8Array, metadata: Omit<EventMetadata, 'schemaVersion'>): Promise<boolean> {
    const parts = partsOf(bytes);
    const last = parts.pop() ?? '';
    for (const [index, rawBase64] of parts.entries()) {
      await this.carryOut(facts, { kind: 'keep-part', part: { sha256: facts.sha256, part: index, rawBase64 } }, `part:${index}`, index === 0, metadata);
    }
    const statement: StatementReceived = { ...facts, rawBase64: last, ...(parts.length === 0 ? {} : { parts: parts.length + 1 }) };
    return this.carryOut(facts, { kind: 'receive', statement }, 'receive', parts.length === 0, metadata);
  }

  /** The bytes as they were kept; undefined for a statement that was never received whole. */
  async bytesOf(statementId: string): Promise<{ readonly statement: StatementReceived; readonly bytes: Buffer } | undefined> {
    const parts: Buffer[] = [];
    for await (const page of this.store.readStream(streamOf.statement(statementId))) {
      for (const event of page) {
        const { rawBase64 } = event.data as { rawBase64?: unknown };
        if (typeof rawBase64 !== 'string') continue;
        parts.push(Buffer.from(rawBase64, 'base64'));
        if (event.type === 'mining.statement-received') return this.whole(event.data as unknown as StatementReceived, Buffer.concat(parts));
      }
    }
    return undefined;
  }

  /** What is handed out is what came: checked against the SHA-256 it was kept under. */
  private whole(statement: StatementReceived, bytes: Buffer): { readonly statement: StatementReceived; readonly bytes: Buffer } {
    if (statement.redacted !== true && createHash('sha256').update(bytes).digest('hex') !== statement.sha256) {
      throw new Error(`statement ${statement.sha256} of ${statement.pool}.${statement.account} is not the bytes it was kept as`);
    }
    return { statement, bytes };
  }

  private async carryOut({ pool, account, sha256 }: StatementFacts, command: StatementCommand, commandId: string, expectNew: boolean, metadata: Omit<EventMetadata, 'schemaVersion'>): Promise<boolean> {
    const outcome = await handleCommand(this.store, statementDecider, { stream: streamOf.statement(statementIdOf(pool, account, sha256)), command, commandId, metadata, expectNew });
    if (outcome.kind === 'accepted') return outcome.duplicate || outcome.events.length === 0;
    throw new Error(`statement ${sha256} could not be kept: ${outcome.refusal.message}`);
  }
}

/** Base64 of each part; one part at least. */
function partsOf(bytes: Uint8Array): string[] {
  const parts: string[] = [];
  for (let from = 0; from === 0 || from < bytes.length; from += STATEMENT_PART_BYTES) {
    parts.push(Buffer.from(bytes.subarray(from, from + STATEMENT_PART_BYTES)).toString('base64'));
  }
  return parts;
}
