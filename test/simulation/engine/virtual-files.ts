import { closeSync, fdatasyncSync, fsyncSync, openSync, readFileSync, readSync, renameSync, writeSync } from 'node:fs';

/**
 * The part of `node:fs/promises` that services use, without the thread pool, whose answers would come in an order of
 * their own. Each call does its work at once and is answered a moment of virtual time later, so that a crash may fall
 * between any two of them.
 */
type Answer = <T>(value: T) => Promise<T>;

/** What `open` gives back: enough of Node's `FileHandle`. */
class File {
  constructor(
    private readonly fd: number,
    private readonly answer: Answer,
  ) {}

  write(data: string | Uint8Array, offset?: number, length?: number, position?: number): Promise<{ bytesWritten: number }> {
    return this.attempt(() => ({ bytesWritten: typeof data === 'string' ? writeSync(this.fd, data) : writeSync(this.fd, data, offset, length, position) }));
  }

  read(buffer: Uint8Array, offset: number, length: number, position: number | null = null): Promise<{ bytesRead: number; buffer: Uint8Array }> {
    return this.attempt(() => ({ bytesRead: readSync(this.fd, buffer, offset, length, position), buffer }));
  }

  sync(): Promise<void> {
    return this.attempt(() => fsyncSync(this.fd));
  }

  datasync(): Promise<void> {
    return this.attempt(() => fdatasyncSync(this.fd));
  }

  close(): Promise<void> {
    return this.attempt(() => closeSync(this.fd));
  }

  private attempt<T>(work: () => T): Promise<T> {
    return attempt(this.answer, work);
  }
}

async function attempt<T>(answer: Answer, work: () => T): Promise<T> {
  const value = work();
  return answer(value);
}

/** Members to put in place of those of `node:fs/promises`. `isVirtual` says whether a world is entered; otherwise `real` is asked. */
export function virtualFiles(real: typeof import('node:fs/promises'), isVirtual: () => boolean, answer: Answer): Record<string, unknown> {
  return {
    open: (path: string, flags?: string) => (isVirtual() ? attempt(answer, () => new File(openSync(path, flags ?? 'r'), answer)) : real.open(path, flags)),
    readFile: (path: string, encoding: BufferEncoding) => (isVirtual() ? attempt(answer, () => readFileSync(path, encoding)) : real.readFile(path, encoding)),
    rename: (from: string, to: string) => (isVirtual() ? attempt(answer, () => renameSync(from, to)) : real.rename(from, to)),
  };
}
