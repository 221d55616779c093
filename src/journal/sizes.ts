/** The smallest of these sizes. */
export function least(first: bigint, ...others: readonly bigint[]): bigint {
  let found = first;
  for (const size of others) if (size < found) found = size;
  return found;
}

/** The largest of these sizes. */
export function most(first: bigint, ...others: readonly bigint[]): bigint {
  let found = first;
  for (const size of others) if (size > found) found = size;
  return found;
}
