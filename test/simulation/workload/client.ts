import { SandboxIssuer, type Role } from '@qazyna/service-kit';
import type { Chance } from '../engine/chance.js';
import type { Faults } from '../engine/faults.js';
import { ConnectionLost, type HttpAnswer, type HttpRequest, type ServiceNode } from '../nodes/service-node.js';
import type { Answer, Sent } from '../oracle/testimony.js';
import type { EventLog } from '../world/event-log.js';
import type { Topics } from '../world/topics.js';

export interface Message {
  readonly command: string;
  readonly key: string;
  readonly content: Readonly<Record<string, unknown>>;
  readonly flaw?: string;
}

export interface HttpMessage extends Message {
  readonly to: ServiceNode;
  readonly path: string;
  readonly role: Role | 'nobody';
  /** Which of several people with this role; nobody in particular when absent. */
  readonly person?: string;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  readonly way?: 'http' | 'statement';
}

const DAY_S = 86_400;
const RETRY_FIRST_MS = 30;
const RETRY_MAX_MS = 800;
/** Not a fault of the world around a service, as 503 is, but of its own; nobody waits for that to pass, and the oracle is told. */
const INTERNAL_ERROR = 500;

/** Upstreams and officers: they send, and send again until they are answered, and write down what they were told. */
export class Client {
  readonly sent: Sent[] = [];
  readonly issuer = new SandboxIssuer('simulation');
  private readonly tokens = new Map<string, Promise<string>>();
  /** Messages on their way. */
  pending = 0;

  constructor(
    private readonly faults: Faults,
    private readonly chance: Chance,
    private readonly log: EventLog,
    private readonly topics: Topics,
  ) {}

  token(role: Role, person = ''): Promise<string> {
    const known = this.tokens.get(role + person);
    if (known !== undefined) return known;
    const made = this.issuer.issue({ subject: `sim-${role}${person}`, organisation: 'simulation', roles: [role] }, new Date(this.faults.time.nowMs), DAY_S);
    this.tokens.set(role + person, made);
    return made;
  }

  /** Sends over HTTP until there is an answer that means something. */
  async send(message: HttpMessage): Promise<Answer> {
    const { command, key, content, flaw, way = 'http' } = message;
    const sent: Sent = { command, key, content, way, at: this.log.all.length, answers: [], ...(flaw === undefined ? {} : { flaw }) };
    this.sent.push(sent);
    this.pending += 1;
    try {
      const request = await this.requestOf(message);
      for (let pauseMs = RETRY_FIRST_MS; ; pauseMs = Math.min(pauseMs * 2, RETRY_MAX_MS)) {
        const answer = await this.try(message.to, request, sent);
        if (answer !== undefined) {
          // Some never heard the answer's end, or are simply not sure: the same again.
          if (this.faults.happens(0.1)) await this.try(message.to, request, sent);
          return answer;
        }
        await this.faults.time.wait(pauseMs * (0.5 + this.chance.next()));
      }
    } finally {
      this.pending -= 1;
    }
  }

  /** Puts a message on a topic of the upstreams: some twice, some late. */
  publish(message: Message, topic: string, record: { readonly headers: Readonly<Record<string, string>>; readonly value: string | null; readonly key: string | null }): void {
    const { command, key, content, flaw } = message;
    const { faults, topics } = this;
    this.sent.push({ command, key, content, way: 'kafka', at: this.log.all.length, answers: [], ...(flaw === undefined ? {} : { flaw }) });
    const append = (): void => topics.append(topic, { key: record.key, headers: record.headers, value: record.value === null ? null : Buffer.from(record.value) });
    faults.trace(() => `upstream puts ${command} ${key} on ${topic}`);
    append();
    if (faults.happens(0.15)) append();
    if (faults.happens(0.15)) {
      this.pending += 1;
      faults.time.plan(this.chance.between(1, 2_000), () => {
        this.pending -= 1;
        append();
      });
    }
  }

  /** A page as anyone reads it; undefined when it cannot be had. */
  async read(from: ServiceNode, path: string, role?: Role): Promise<HttpAnswer | undefined> {
    try {
      return await from.ask({ method: 'GET', path, headers: role === undefined ? {} : { authorization: `Bearer ${await this.token(role)}` } });
    } catch (error) {
      if (error instanceof ConnectionLost) return undefined;
      throw error;
    }
  }

  private async requestOf({ path, role, person, body, headers = {} }: HttpMessage): Promise<HttpRequest> {
    const authorization: Record<string, string> = role === 'nobody' ? {} : { authorization: `Bearer ${await this.token(role, person)}` };
    return { method: 'POST', path, headers: { 'content-type': 'application/json', 'x-correlation-id': `sim-${this.chance.hex(8)}`, ...authorization, ...headers }, body };
  }

  private async try(to: ServiceNode, request: HttpRequest, sent: Sent): Promise<Answer | undefined> {
    let http: HttpAnswer;
    try {
      http = await to.ask(request);
    } catch (error) {
      if (!(error instanceof ConnectionLost)) throw error;
      this.faults.trace(() => `client ${sent.command} ${sent.key}: ${error.message}`);
      return undefined;
    }
    const body = JSON.parse(http.text) as unknown;
    const answer: Answer = { status: http.status, code: codeOf(http.status, body), body, at: this.log.all.length };
    this.faults.trace(() => `client ${sent.command} ${sent.key}: ${answer.status} ${answer.code}`);
    if (http.status > INTERNAL_ERROR) return undefined;
    sent.answers.push(answer);
    return answer;
  }
}

function codeOf(status: number, body: unknown): string {
  const { status: outcome, code, results } = body as { readonly status?: unknown; readonly code?: unknown; readonly results?: readonly { readonly status: string; readonly code?: string }[] };
  const [first] = results ?? [];
  if (first !== undefined) return (first.status === 'refused' || first.status === 'unreadable' ? first.code : undefined) ?? first.status;
  if (status === 200) return typeof outcome === 'string' ? outcome : 'accepted';
  return typeof code === 'string' ? code : `status-${status}`;
}
