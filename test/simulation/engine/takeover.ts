import { createHash, KeyObject, sign, subtle, verify } from 'node:crypto';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import type { Chance } from './chance.js';
import { virtualFiles } from './virtual-files.js';
import type { PlannedHandle, VirtualTime } from './virtual-time.js';

/**
 * Puts virtual time and seeded randomness under the whole process, in place of what the platform gives: import it
 * before anything else. While no world is entered, everything works as ever (modules are loaded in true time).
 */
interface World {
  readonly time: VirtualTime;
  readonly ids: Chance;
}

/** Virtual milliseconds that a call of the file system takes. */
const FILE_ANSWER_MS = 1;

let world: World | undefined;

/** From here on all time and chance is the world's. */
export function enterWorld(entered: World): void {
  world = entered;
}

export function leaveWorld(): void {
  world = undefined;
}

const require = createRequire(import.meta.url);
const RealDate = Date;
const real = { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate, clearImmediate, timeout: AbortSignal.timeout.bind(AbortSignal), performanceNow: performance.now.bind(performance) };

/** A true turn of the event loop, whatever has been taken over. */
export const realImmediate = real.setImmediate;

/** What timers give back: enough of Node's `Timeout` for those who keep, refresh or unref it. */
class VirtualTimer {
  private handle: PlannedHandle;
  constructor(
    private readonly time: VirtualTime,
    private readonly delayMs: number,
    private readonly run: () => void,
    private readonly repeats: boolean,
  ) {
    this.handle = this.plan();
  }
  cancel(): void {
    this.handle.cancel();
  }
  close(): this {
    this.cancel();
    return this;
  }
  refresh(): this {
    this.handle.cancel();
    this.handle = this.plan();
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
  hasRef(): boolean {
    return false;
  }
  private plan(): PlannedHandle {
    return this.time.plan(this.delayMs, () => {
      if (this.repeats) this.handle = this.plan();
      this.run();
    });
  }
}

type Callback = (...values: unknown[]) => void;

function virtualTimeout(callback: Callback, delayMs = 1, ...values: unknown[]): unknown {
  if (world === undefined) return real.setTimeout(callback, delayMs, ...values);
  return new VirtualTimer(world.time, Math.max(1, delayMs), () => callback(...values), false);
}

function virtualInterval(callback: Callback, delayMs = 1, ...values: unknown[]): unknown {
  if (world === undefined) return real.setInterval(callback, delayMs, ...values);
  return new VirtualTimer(world.time, Math.max(1, delayMs), () => callback(...values), true);
}

function virtualImmediate(callback: Callback, ...values: unknown[]): unknown {
  if (world === undefined) return real.setImmediate(callback, ...values);
  return new VirtualTimer(world.time, 0, () => callback(...values), false);
}

function clear(otherwise: (timer: never) => void): (timer: unknown) => void {
  return (timer) => {
    if (timer instanceof VirtualTimer) timer.cancel();
    else otherwise(timer as never);
  };
}

function sleep(delayMs: number, value?: unknown, { signal }: { signal?: AbortSignal } = {}): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const aborted = (): Error => Object.assign(new Error('The operation was aborted', { cause: signal?.reason }), { name: 'AbortError', code: 'ABORT_ERR' });
    if (signal?.aborted === true) {
      reject(aborted());
      return;
    }
    const onAbort = (): void => {
      clear(real.clearTimeout)(timer);
      reject(aborted());
    };
    const timer = virtualTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve(value);
    }, delayMs);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** `Date` of the world; what is not "now" is Node's own. */
const VirtualDate: DateConstructor = new Proxy(RealDate, {
  construct: (target, values, newTarget) => Reflect.construct(target, values.length === 0 && world !== undefined ? [world.time.shownMs] : values, newTarget === VirtualDate ? target : newTarget) as object,
  get: (target, name, receiver) => (name === 'now' && world !== undefined ? () => world?.time.shownMs ?? RealDate.now() : (Reflect.get(target, name, receiver === VirtualDate ? target : receiver) as unknown)),
});

const timers = { setTimeout: virtualTimeout, clearTimeout: clear(real.clearTimeout), setInterval: virtualInterval, clearInterval: clear(real.clearInterval), setImmediate: virtualImmediate, clearImmediate: clear(real.clearImmediate) };

function replaceBuiltin(name: string, members: Record<string, unknown>): void {
  const target = require(name) as Record<string, unknown>;
  for (const [member, value] of Object.entries(members)) Object.defineProperty(target, member, { value, configurable: true, writable: true, enumerable: true });
}

/** Signatures are made and checked at once: the thread pool would answer in an order of its own. */
function synchronousSignatures(): void {
  const keyOf = (key: unknown): KeyObject => KeyObject.from(key as never);
  const prototype = Object.getPrototypeOf(subtle) as Record<string, unknown>;
  const bytes = (data: ArrayBuffer | ArrayBufferView): Uint8Array => (ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data));
  replace(prototype, 'sign', (_algorithm: unknown, key: unknown, data: ArrayBuffer) => Promise.resolve(new Uint8Array(sign(null, bytes(data), keyOf(key))).buffer));
  replace(prototype, 'verify', (_algorithm: unknown, key: unknown, signature: ArrayBuffer, data: ArrayBuffer) => Promise.resolve(verify(null, bytes(data), keyOf(key), bytes(signature))));
  replace(prototype, 'digest', (algorithm: string | { name: string }, data: ArrayBuffer) => {
    const name = (typeof algorithm === 'string' ? algorithm : algorithm.name).replace('-', '').toLowerCase();
    return Promise.resolve(new Uint8Array(createHash(name).update(bytes(data)).digest()).buffer);
  });
}

function replace(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: true, writable: true });
}

function install(): void {
  const { randomUUID, randomFillSync } = require('node:crypto') as typeof import('node:crypto');
  Object.assign(globalThis, timers);
  replace(globalThis, 'Date', VirtualDate);
  const random = Math.random;
  replace(Math, 'random', () => world?.ids.next() ?? random());
  replace(performance, 'now', () => world?.time.elapsedMs ?? real.performanceNow());
  replace(AbortSignal, 'timeout', (delayMs: number) => {
    if (world === undefined) return real.timeout(delayMs);
    const controller = new AbortController();
    virtualTimeout(() => controller.abort(Object.assign(new Error('The operation was aborted due to timeout'), { name: 'TimeoutError' })), delayMs);
    return controller.signal;
  });
  const uuid = (): string => world?.ids.uuid() ?? randomUUID();
  replaceBuiltin('node:crypto', {
    randomUUID: uuid,
    randomFillSync: (target: Uint8Array, ...more: number[]) => {
      if (world === undefined) return randomFillSync(target, ...more);
      for (let i = 0; i < target.length; i++) target[i] = world.ids.between(0, 255);
      return target;
    },
  });
  replaceBuiltin('node:timers', timers);
  replaceBuiltin('node:timers/promises', { setTimeout: sleep, setImmediate: (value?: unknown) => new Promise((resolve) => virtualImmediate(() => resolve(value))) });
  const files = { ...(require('node:fs/promises') as typeof import('node:fs/promises')) };
  replaceBuiltin('node:fs/promises', virtualFiles(files, () => world !== undefined, async (value) => {
    await sleep(FILE_ANSWER_MS);
    return value;
  }));
  synchronousSignatures();
  // Each start of a service would watch the process's garbage collector for ever.
  const metrics = require('prom-client') as Record<string, unknown>;
  metrics['collectDefaultMetrics'] = () => undefined;
  syncBuiltinESMExports();
}

install();
