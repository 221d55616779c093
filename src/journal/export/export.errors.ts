/** Why an export cannot be made: something the person who asked can change. */
export type ExportReason =
  | 'nothing-published'
  | 'outside'
  | 'too-many'
  | 'nothing-chosen'
  | 'unknown-entry'
  | 'not-published'
  | 'bad-previous';

/** `message` is in French, for the person who asked. */
export class ExportRefused extends Error {
  readonly reason: ExportReason;
  constructor(reason: ExportReason, message: string) {
    super(message);
    this.name = 'ExportRefused';
    this.reason = reason;
  }
}
