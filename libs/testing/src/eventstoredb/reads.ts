import { status, type ServerWritableStream } from '@grpc/grpc-js';
import type { EventLog, LoggedEvent } from './event-log.js';
import { streams, type ReadReq } from './protocol.js';

type ReadCall = ServerWritableStream<ReadReq, Buffer>;

const FORWARDS = 0;

/** Streams/Read: streams and the whole log, both directions, and subscriptions to the whole log. */
export async function serveRead(call: ReadCall, log: EventLog): Promise<void> {
  const options = call.request.getOptions();
  if (options === undefined) return refuse(call, status.INVALID_ARGUMENT, 'a read needs options');
  if (options.hasSubscription()) {
    if (!options.hasAll()) return refuse(call, status.UNIMPLEMENTED, 'the double serves subscriptions to $all only');
    return subscription(call, log);
  }
  const found = options.hasStream() ? streamEvents(call, log) : allEvents(call, log);
  if (found === undefined) {
    const missing = new streams.ReadResp.StreamNotFound();
    const identifier = options.getStream()?.getStreamIdentifier();
    if (identifier !== undefined) missing.setStreamIdentifier(identifier);
    await send(call, Buffer.from(new streams.ReadResp().setStreamNotFound(missing).serializeBinary()));
  } else {
    for (const event of found) if (!(await send(call, event.response))) return;
  }
  call.end();
}

function refuse(call: ReadCall, code: status, details: string): void {
  call.emit('error', { code, details });
}

/** At most `count` events of `list` from `index` on, in the asked direction. */
function* walk(list: readonly LoggedEvent[], index: number, forwards: boolean, count: number, first = 0): Generator<LoggedEvent> {
  // The end is looked up once: a read ends where the log ended when it began.
  const end = list.length;
  for (let left = count, at = index; left > 0 && at >= first && at < end; left--, at += forwards ? 1 : -1) yield list[at] as LoggedEvent;
}

function streamEvents(call: ReadCall, log: EventLog): Iterable<LoggedEvent> | undefined {
  const options = call.request.getOptions();
  const stream = options?.getStream();
  const name = Buffer.from(stream?.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString('utf8');
  const list = log.stream(name);
  if (options === undefined || stream === undefined || list === undefined) return undefined;
  const forwards = Number(options.getReadDirection()) === FORWARDS;
  let index = forwards ? 0 : list.length - 1;
  if (stream.hasRevision()) index = Math.min(Number(stream.getRevision()), forwards ? list.length : list.length - 1);
  else if (stream.hasEnd() && forwards) index = list.length;
  const first = log.firstShown(name);
  return walk(list, forwards ? Math.max(index, first) : index, forwards, Number(options.getCount()), first);
}

function allEvents(call: ReadCall, log: EventLog): Iterable<LoggedEvent> {
  const options = call.request.getOptions();
  const forwards = Number(options?.getReadDirection()) === FORWARDS;
  const position = options?.getAll()?.getPosition()?.getCommitPosition();
  let index = forwards ? 0 : log.events.length - 1;
  // Forwards includes the event at the position, backwards starts before it.
  if (position !== undefined) index = log.indexFrom(BigInt(position)) - (forwards ? 0 : 1);
  else if (options?.getAll()?.hasEnd() === true && forwards) index = log.events.length;
  return walk(log.events, index, forwards, Number(options?.getCount()));
}

async function subscription(call: ReadCall, log: EventLog): Promise<void> {
  const options = call.request.getOptions();
  const all = options?.getAll();
  const after = all?.getPosition()?.getCommitPosition();
  let index = after !== undefined ? log.indexFrom(BigInt(after) + 1n) : all?.hasEnd() === true ? log.events.length : 0;
  const passes = filterOf(call);
  const filter = options?.getFilter();
  const checkpointEvery = filter === undefined ? Number.POSITIVE_INFINITY : Math.max(1, filter.getMax()) * Math.max(1, filter.getCheckpointintervalmultiplier());
  const confirmation = new streams.ReadResp.SubscriptionConfirmation().setSubscriptionId(crypto.randomUUID());
  if (!(await send(call, Buffer.from(new streams.ReadResp().setConfirmation(confirmation).serializeBinary())))) return;
  let sinceCheckpoint = 0;
  let live = false;
  for (;;) {
    for (; index < log.events.length; index++) {
      const event = log.events[index] as LoggedEvent;
      if (passes(event) && !(await send(call, event.response))) return;
      if (++sinceCheckpoint >= checkpointEvery) {
        sinceCheckpoint = 0;
        const checkpoint = new streams.ReadResp.Checkpoint().setCommitPosition(String(event.position)).setPreparePosition(String(event.position));
        if (!(await send(call, Buffer.from(new streams.ReadResp().setCheckpoint(checkpoint).serializeBinary())))) return;
      }
    }
    if (!live) {
      live = true;
      if (!(await send(call, Buffer.from(new streams.ReadResp().setCaughtUp(new streams.ReadResp.CaughtUp()).serializeBinary())))) return;
      continue;
    }
    if (!(await grown(call, log))) return;
  }
}

function filterOf(call: ReadCall): (event: LoggedEvent) => boolean {
  const filter = call.request.getOptions()?.getFilter();
  if (filter === undefined) return () => true;
  const expression = filter.getStreamIdentifier() ?? filter.getEventType();
  const subject = filter.hasStreamIdentifier() ? (event: LoggedEvent) => event.stream : (event: LoggedEvent) => event.type;
  const prefixes = expression?.getPrefixList() ?? [];
  if (prefixes.length > 0) return (event) => prefixes.some((prefix) => subject(event).startsWith(prefix));
  const regex = new RegExp(expression?.getRegex() ?? '');
  return (event) => regex.test(subject(event));
}

/** Writes with back-pressure; false when the caller is gone. */
async function send(call: ReadCall, bytes: Buffer): Promise<boolean> {
  if (call.cancelled || call.destroyed) return false;
  if (call.write(bytes)) return true;
  return waitFor(call, (done) => {
    call.once('drain', done);
    return () => call.off('drain', done);
  });
}

function grown(call: ReadCall, log: EventLog): Promise<boolean> {
  return waitFor(call, (done) => log.onGrowth(done));
}

/** True when it happened, false when the caller went away first. */
function waitFor(call: ReadCall, listen: (done: () => void) => () => void): Promise<boolean> {
  if (call.cancelled || call.destroyed) return Promise.resolve(false);
  return new Promise((resolve) => {
    const gone = (): void => finish(false);
    const unlisten = listen(() => finish(true));
    const finish = (happened: boolean): void => {
      unlisten();
      for (const event of ['cancelled', 'close', 'error']) call.off(event, gone);
      resolve(happened && !call.cancelled);
    };
    for (const event of ['cancelled', 'close', 'error']) call.once(event, gone);
  });
}

