/** What one component says of itself. */
export interface ComponentState {
  readonly ok: boolean;
  /** For an operator; holds no secrets, since the answer is public. */
  readonly detail?: string;
}

export type Indicator = (signal: AbortSignal) => Promise<ComponentState>;

export interface Readiness {
  readonly ok: boolean;
  readonly components: Readonly<Record<string, ComponentState>>;
}

const CHECK_TIMEOUT_MS = 2000;

/** Everything that must be well before a service takes work. Each check is bounded in time and runs beside the others. */
export class ReadinessRegistry {
  private readonly indicators = new Map<string, Indicator>();
  private running: Promise<Readiness> | undefined;

  constructor(private readonly timeoutMs: number = CHECK_TIMEOUT_MS) {}

  /** @throws {Error} the name is taken */
  register(name: string, indicator: Indicator): void {
    if (this.indicators.has(name)) throw new Error(`a readiness indicator "${name}" exists already`);
    this.indicators.set(name, indicator);
  }

  /** Asks every component once; callers that come while it runs share the answer. */
  check(): Promise<Readiness> {
    this.running ??= this.ask().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  private async ask(): Promise<Readiness> {
    const states = await Promise.all([...this.indicators].map(async ([name, indicator]) => [name, await this.bounded(indicator)] as const));
    return { ok: states.every(([, state]) => state.ok), components: Object.fromEntries(states) };
  }

  private async bounded(indicator: Indicator): Promise<ComponentState> {
    const controller = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<ComponentState>((resolve) => {
      timer = setTimeout(() => {
        controller.abort();
        resolve({ ok: false, detail: `no answer within ${this.timeoutMs} ms` });
      }, this.timeoutMs);
    });
    try {
      return await Promise.race([indicator(controller.signal), timeout]);
    } catch (error) {
      return { ok: false, detail: shortReason(error) };
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The error's code where it has one: messages of libraries may name hosts and users. */
function shortReason(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : 'the check failed';
}
