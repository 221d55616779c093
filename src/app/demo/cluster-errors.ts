/**
 * Why the demo's PostgreSQL could not be started, stopped or removed:
 * - `already-running`: another live process holds this data folder
 * - `no-server-user`: we are root and the machine has no ordinary user to lend
 * - `no-binaries`, `binaries-fail`: the npm package of this platform is missing, or does not run here
 * - `unsafe-folder`: the folder we would use in a shared place belongs to somebody else
 * - `data-unreachable`: the data exist but the server's user cannot get to them
 * - `data-version`: the data were made by another major version of PostgreSQL
 * - `wrong-password`: the data have another superuser password than the one given
 * - `survivor`: a server of a previous run is still alive and does not stop
 * - `init-failed`, `start-failed`: initdb or postgres gave up; the message has the end of its output
 */
export type ClusterErrorCode =
  | 'already-running'
  | 'no-server-user'
  | 'no-binaries'
  | 'binaries-fail'
  | 'unsafe-folder'
  | 'data-unreachable'
  | 'data-version'
  | 'wrong-password'
  | 'survivor'
  | 'init-failed'
  | 'start-failed';

/** A reason that people can act on. Its message is made to be shown as it is, without a stack. */
export class ClusterError extends Error {
  readonly code: ClusterErrorCode;

  constructor(code: ClusterErrorCode, message: string) {
    super(message);
    this.name = 'ClusterError';
    this.code = code;
  }
}
