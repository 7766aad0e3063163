/** Closes what was opened, last first, once; a failure does not keep the others open. */
export class ClosingStack {
  private readonly steps: { readonly name: string; readonly close: () => void | Promise<void> }[] = [];
  private closed: Promise<void> | undefined;

  add(name: string, close: () => void | Promise<void>): void {
    this.steps.push({ name, close });
  }

  /** @throws {AggregateError} naming each step that failed, after all were tried */
  close(): Promise<void> {
    this.closed ??= this.run();
    return this.closed;
  }

  private async run(): Promise<void> {
    const failures: Error[] = [];
    for (const step of this.steps.toReversed()) {
      try {
        await step.close();
      } catch (error) {
        failures.push(new Error(`${step.name} did not close cleanly`, { cause: error }));
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, failures.map((failure) => failure.message).join('; '));
  }
}
