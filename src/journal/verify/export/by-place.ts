/** What is known by places of a log: keys are those that `placeKey` gives. */
export type ByPlace<Value> = ReadonlyMap<string, Value>;

/**
 * The key of a place. Engines hash numbers in a way that anyone can foresee: places that a forger chose would all fall together, and
 * each look-up would walk through all of them. Texts that are no numbers are hashed with a secret.
 */
export const placeKey = (index: bigint): string => `@${index}`;
