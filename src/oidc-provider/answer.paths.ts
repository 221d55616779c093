import { ANSWER_PATH, EXPIRED_PATH, routes } from './provider-paths.ts';

export const END_ACTING = '/terminer-connexion';

export const peoplePath = (uid: string) => `${ANSWER_PATH}/${uid}`;
export const cancelPath = (uid: string) => `${ANSWER_PATH}/${uid}/annuler`;
export const themePath = (uid: string, usagerId: string) => `${ANSWER_PATH}/${uid}/pour/${usagerId}`;
export const expiredPath = (uid: string) => `${EXPIRED_PATH}/${uid}`;

const AWAY = new RegExp(`^(${routes.authorization}(/|$)|${EXPIRED_PATH}/[^/]+/retour$|${END_ACTING}/franceconnect$)`);

/** Whether this address of ours answers by sending the browser to a partner: never the direct answer to a form (CSP). */
export function leadsToPartner(path: string): boolean {
  return AWAY.test(path);
}
