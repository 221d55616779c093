import type { DraftStep } from './draft.rules.ts';

export const NEW_MANDATE = '/mandats/nouveau';
/** Where FranceConnect sends the browser back: registered there, never changed. */
export const FRANCECONNECT_RETURN = '/franceconnect/retour';
export const FRANCECONNECT_END = '/franceconnect/fin';
/** Where everything lands that comes back from FranceConnect and belongs to no draft of this session. */
export const RETURN_UNKNOWN = '/franceconnect/sans-suite';

const PAGES = {
  themes: '',
  agreement: '/accord',
  identification: '/identification',
  outcome: '/resultat',
  withoutFranceconnect: '/sans-franceconnect',
  session: '/fermeture',
  closeSession: '/deconnexion',
  verification: '/verification',
  abandon: '/abandon',
  end: '/fin',
} as const;

export type DraftPage = keyof typeof PAGES;

/** The address of a page of a draft; `:id` in the route table. */
export function draftPath(draftId: string, page: DraftPage = 'themes'): string {
  return `/mandats/preparation/${draftId}${PAGES[page]}`;
}

/** Where a draft goes on. */
export function pathOfStep(draftId: string, step: DraftStep): string {
  const pages: Record<DraftStep, DraftPage> = {
    choose: 'themes',
    agree: 'agreement',
    'close-session': 'session',
    verify: 'verification',
    concluded: 'end',
    declined: 'end',
    expired: 'end',
  };
  return draftPath(draftId, pages[step]);
}

const AWAY = new RegExp(`^/mandats/preparation/[^/]+(${PAGES.identification}|${PAGES.closeSession})$`);

/** Whether this address of ours answers by sending the browser to FranceConnect: never the direct answer to a form (CSP). */
export function leadsToFranceconnect(path: string): boolean {
  return AWAY.test(path);
}
