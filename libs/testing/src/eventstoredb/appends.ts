import { Metadata, status, type sendUnaryData, type ServerReadableStream } from '@grpc/grpc-js';
import type { AppendOutcome, EventLog, Expectation, ProposedEvent } from './event-log.js';
import { shared, streams, type AppendReq, type AppendResp } from './protocol.js';

/** What goes wrong with appends, until told otherwise. */
export interface AppendFaults {
  /** Each append waits this long before it is applied. */
  delayMs: number;
  /** This many appends are applied and never answered. */
  silent: number;
  /** Most appends applied in a second, the others wait in their order; no bound at 0. */
  perSecondMax: number;
  /** When the next append may be applied under that bound, in ms of `performance.now()`. */
  nextAt: number;
}

const APPEND_BYTES_MAX = 1024 * 1024;

/** Streams/Append: the client streams options and events, and gets one answer. */
export function serveAppend(call: ServerReadableStream<AppendReq, AppendResp>, callback: sendUnaryData<AppendResp>, log: EventLog, faults: AppendFaults): void {
  let stream: string | undefined;
  let expected: Expectation = 'any';
  const events: ProposedEvent[] = [];
  let bytes = 0;
  call.on('data', (request: AppendReq) => {
    const options = request.getOptions();
    if (options !== undefined) {
      stream = Buffer.from(options.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString('utf8');
      expected = options.hasNoStream() ? 'no-stream' : options.hasStreamExists() ? 'stream-exists' : options.hasAny() ? 'any' : Number.parseInt(options.getRevision(), 10);
    }
    const message = request.getProposedMessage();
    if (message === undefined) return;
    const event = {
      id: message.getId()?.getString() ?? '',
      type: message.getMetadataMap().get('type') ?? '',
      contentType: message.getMetadataMap().get('content-type') ?? 'application/octet-stream',
      data: message.getData_asU8(),
      metadata: message.getCustomMetadata_asU8(),
    };
    bytes += event.data.length + event.metadata.length;
    events.push(event);
  });
  call.on('error', () => undefined);
  call.on('end', () => {
    const answer = (): void => {
      if (stream === undefined) return callback({ code: status.INVALID_ARGUMENT, details: 'an append needs options' });
      if (bytes > APPEND_BYTES_MAX) return callback(tooLarge());
      const outcome = log.append(stream, expected, events);
      if (faults.silent > 0) {
        faults.silent -= 1;
        return;
      }
      callback(null, response(outcome, expected));
    };
    // A connection that broke in the middle also ends the messages. A turn later it is known to have broken, and what
    // arrived of the append is not the append.
    setImmediate(() => {
      if (call.cancelled) return;
      const waitMs = faults.delayMs + turnOf(faults);
      if (waitMs > 0) setTimeout(answer, waitMs);
      else answer();
    });
  });
}

function turnOf(faults: AppendFaults): number {
  if (faults.perSecondMax === 0) return 0;
  const now = performance.now();
  const at = Math.max(now, faults.nextAt);
  faults.nextAt = at + 1_000 / faults.perSecondMax;
  return at - now;
}

function tooLarge(): { code: status; details: string; metadata: Metadata } {
  const metadata = new Metadata();
  metadata.set('exception', 'maximum-append-size-exceeded');
  metadata.set('maximum-append-size', String(APPEND_BYTES_MAX));
  return { code: status.INVALID_ARGUMENT, details: `Maximum Append Size of ${APPEND_BYTES_MAX} Exceeded.`, metadata };
}

function response(outcome: AppendOutcome, expected: Expectation): AppendResp {
  if (outcome.kind === 'success') {
    const position = new streams.AppendResp.Position().setCommitPosition(String(outcome.position)).setPreparePosition(String(outcome.position));
    return new streams.AppendResp().setSuccess(new streams.AppendResp.Success().setCurrentRevision(String(outcome.revision)).setPosition(position));
  }
  const wrong = new streams.AppendResp.WrongExpectedVersion();
  if (outcome.current < 0) wrong.setCurrentNoStream(new shared.Empty());
  else wrong.setCurrentRevision(String(outcome.current));
  if (expected === 'no-stream') wrong.setExpectedNoStream(new shared.Empty());
  else if (expected === 'stream-exists') wrong.setExpectedStreamExists(new shared.Empty());
  else if (expected === 'any') wrong.setExpectedAny(new shared.Empty());
  else wrong.setExpectedRevision(String(expected));
  return new streams.AppendResp().setWrongExpectedVersion(wrong);
}
