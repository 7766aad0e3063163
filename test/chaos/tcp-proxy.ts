import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Stands between services and a server, and breaks their connections in the middle of what they say. */
export class TcpProxy {
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  /** Bytes that clients may still send before all connections are cut. */
  private fuse = Number.POSITIVE_INFINITY;
  /** Times that a fuse burnt down. */
  cuts = 0;

  private constructor(
    private readonly server: Server,
    private readonly target: number,
  ) {}

  static async open(target: number): Promise<TcpProxy> {
    const server = createServer();
    const proxy = new TcpProxy(server, target);
    server.on('connection', (socket) => proxy.pass(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Cuts every connection after this many more bytes from clients: in the middle of an append, not between two. */
  cutAfter(bytes: number): void {
    this.fuse = bytes;
  }

  async close(): Promise<void> {
    for (const pair of this.pairs) for (const socket of pair) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private pass(client: Socket): void {
    const upstream = connect({ host: '127.0.0.1', port: this.target });
    const pair = [client, upstream] as const;
    this.pairs.add(pair);
    const end = (): void => {
      this.pairs.delete(pair);
      client.destroy();
      upstream.destroy();
    };
    client.setNoDelay(true);
    upstream.setNoDelay(true);
    for (const socket of pair) socket.on('error', end).on('close', end);
    upstream.pipe(client);
    client.on('data', (chunk) => {
      if (chunk.length < this.fuse) {
        this.fuse -= chunk.length;
        if (!upstream.write(chunk)) {
          client.pause();
          upstream.once('drain', () => client.resume());
        }
        return;
      }
      // The part before the cut arrives, the rest does not.
      upstream.write(chunk.subarray(0, this.fuse), () => this.cutAll());
    });
  }

  private cutAll(): void {
    this.fuse = Number.POSITIVE_INFINITY;
    this.cuts += 1;
    for (const pair of [...this.pairs]) for (const socket of pair) socket.destroy();
  }
}
