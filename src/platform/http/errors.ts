export type ErrorStatus = 400 | 403 | 404 | 429 | 500 | 503;

/** What a program or a forged request caused: the site answers with the page of this status. `code` is stable and logged. */
export class HttpError extends Error {
  readonly status: ErrorStatus;
  readonly code: string;

  constructor(status: ErrorStatus, code: string, options?: ErrorOptions) {
    super(code, options);
    this.name = 'HttpError';
    this.status = status;
    this.code = code;
  }
}

/** The one answer for what does not exist and for what belongs to somebody else. */
export function notFound(): HttpError {
  return new HttpError(404, 'introuvable');
}
