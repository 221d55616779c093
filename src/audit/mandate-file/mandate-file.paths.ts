import { mandateFilePath } from '../search/search.paths.ts';

export { mandateFilePath };

/** Where a sealed copy of the file is asked for, then made. */
export function mandateExportPath(mandateId: string): string {
  return `${mandateFilePath(mandateId)}/export`;
}
