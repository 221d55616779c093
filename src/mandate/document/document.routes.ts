import { aidantActive } from '#identity';
import { type Form, textOf } from '#platform/http/form.ts';
import type { RateLimit } from '#platform/http/rate-limit.ts';
import { anyone, type Route, route } from '#platform/http/route.ts';
import { normaliseCrockford } from '#platform/ids/ids.ts';
import { MINUTE } from '#platform/time/clock.ts';
import { MISSING_PAPERS } from '../follow/follow.paths.ts';
import { documentPage, printCopyPost, usagerCopyPage } from './document.page.tsx';
import {
  CONFIRM_STOP,
  documentPath,
  paperPath,
  STOP,
  stoppedPath,
  usagerCopyPath,
  VERIFY,
  verifyPath,
} from './document.paths.ts';
import { missingPapersPage, paperPage, paperPost } from './paper.page.tsx';
import { confirmStopPage, confirmStopPost, stopPage, stopPost, stoppedPage } from './stop.page.tsx';
import { verifiedPage, verifyPage } from './verify.page.tsx';

export const documentRoutes: readonly Route[] = [
  route('get', MISSING_PAPERS, aidantActive, missingPapersPage),
  route('get', documentPath(':id'), aidantActive, documentPage),
  route('get', usagerCopyPath(':id'), aidantActive, usagerCopyPage),
  route('post', usagerCopyPath(':id'), aidantActive, printCopyPost),
  route('get', paperPath(':id'), aidantActive, paperPage),
  route('post', paperPath(':id'), aidantActive, paperPost),
];

/** A counter may check many papers in a row; nobody goes through numbers. */
const checks: RateLimit = { name: 'verification', max: 60, windowMs: 10 * MINUTE };
const stopsByAddress: RateLimit = { name: 'arret-adresse', max: 20, windowMs: 15 * MINUTE };
const number = (form: Form) => normaliseCrockford(textOf(form, 'number').slice(0, 60));
/** 20 wrong codes an hour from one place, high enough for who types badly. */
const stopsByNumberHere: RateLimit = {
  name: 'arret-numero-adresse',
  max: 20,
  windowMs: 60 * MINUTE,
  failuresOnly: true,
  keyOf: (form, ip) => `${number(form)} ${ip}`,
};
/** From everywhere: nothing against 50 bits, and more than a stranger needs to keep the holder of the paper out. */
const stopsByNumber: RateLimit = {
  name: 'arret-numero',
  max: 1000,
  windowMs: 60 * MINUTE,
  failuresOnly: true,
  keyOf: number,
};
const STOPS = { limits: [stopsByAddress, stopsByNumberHere, stopsByNumber] };

/** Pages for who holds the paper: no account, no session. */
export const publicDocumentRoutes: readonly Route[] = [
  route('get', VERIFY, anyone, verifyPage),
  route('get', verifyPath(':number'), anyone, verifiedPage, { limits: [checks] }),
  route('get', STOP, anyone, stopPage),
  route('post', STOP, anyone, stopPost, STOPS),
  route('get', CONFIRM_STOP, anyone, confirmStopPage),
  route('post', CONFIRM_STOP, anyone, confirmStopPost, STOPS),
  route('get', stoppedPath(':number'), anyone, stoppedPage, { limits: [checks] }),
];
