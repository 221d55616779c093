import { notFound } from '#platform/http/errors.ts';
import type { Entrance } from './entrance.ts';

/** Where an aidant's session starts when nothing else was asked for. */
export const FIRST_PAGE = '/mandats';

/** The longest address kept: an authorization request of FranceConnect has some hundreds of characters. */
const LONGEST = 4000;
const ORIGIN = 'https://entremise.invalid';

/** Whether an address is a path of our own site: nothing that a browser could take for another host, no fragment. */
export function isOwnPath(address: string): boolean {
  if (address.length > LONGEST || !/^\/(?![/\\])[\x21\x22\x24-\x7e]*$/.test(address) || address.includes('\\'))
    return false;
  return URL.canParse(address, ORIGIN) && new URL(address, ORIGIN).origin === ORIGIN;
}

/** Where the pages of a door are: all under its root. */
export type Home = Pick<Entrance, 'root' | 'firstPage'>;

const AIDANTS: Home = { root: '', firstPage: FIRST_PAGE };

/** The path to come back to. Throws « introuvable » for an address of another site or door: nobody is sent there in our name. */
export function readReturnTo(address: string, { root, firstPage }: Home = AIDANTS): string {
  if (address === '') return firstPage;
  if (!isOwnPath(address) || !(pathOf(address) === root || pathOf(address).startsWith(`${root}/`))) throw notFound();
  return address;
}

/** The path without its query: what a kept form is kept under. */
export function pathOf(address: string): string {
  return new URL(address, ORIGIN).pathname;
}

/** The same address with one more parameter, once. */
export function withParameter(address: string, name: string, value: string): string {
  if (new URL(address, ORIGIN).searchParams.has(name)) return address;
  return `${address}${address.includes('?') ? '&' : '?'}${name}=${encodeURIComponent(value)}`;
}
