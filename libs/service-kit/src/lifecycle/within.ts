/** Work that did not end in its time. */
export class NotInTime extends Error {
  readonly code = 'not-in-time';
  override readonly name = 'NotInTime';
}

/** `work`, or a rejection after `limitMs`. The timer does not keep the process alive. @throws {NotInTime} */
export async function within<T>(limitMs: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new NotInTime(`${what} took longer than ${limitMs} ms`)), limitMs);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
