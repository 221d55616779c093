/** Written in the bundles by src/app/build.ts: the hashed name of each asset. Absent when the sources run by themselves. */
declare const BUILT_ASSETS: Readonly<Record<string, string>> | undefined;

export type AssetName = 'entremise.css' | 'state-brand.css' | 'entremise.js' | 'entremise.svg' | 'verify-entry.js';

/** The address of a public asset: with its hash, cached for ever, from a bundle; without, never cached, from the sources. */
export function asset(name: AssetName): string {
  const file = typeof BUILT_ASSETS === 'undefined' ? name : (BUILT_ASSETS[name] ?? name);
  return `/statique/${file}`;
}
