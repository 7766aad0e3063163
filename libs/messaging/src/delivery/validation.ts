/** Checks the body of a message against the schema of its type. `libs/contracts` provides the implementation. */
export interface MessageValidator {
  validate(
    type: string,
    data: unknown,
  ): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly code: string; readonly field: string; readonly message: string };
}
