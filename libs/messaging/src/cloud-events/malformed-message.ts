/** Stable reasons for refusing a message before its content is looked at. */
export type MalformedCode =
  | 'missing-data'
  | 'missing-attribute'
  | 'invalid-attribute'
  | 'unsupported-specversion'
  | 'wrong-content-type'
  | 'invalid-utf8'
  | 'invalid-json'
  | 'duplicate-key'
  | 'too-deep'
  | 'too-large'
  | 'batch-too-large';

/** A message that is not a CloudEvent with a JSON body: it will not get better by being delivered again. */
export class MalformedMessage extends Error {
  override readonly name = 'MalformedMessage';
  constructor(
    readonly code: MalformedCode,
    /** The attribute or member at fault; `data` for the body. */
    readonly field: string,
    message: string,
  ) {
    super(message);
  }
}
