import { ANSWER_PATH, EXPIRED_PATH } from './provider-paths.ts';

export const END_ACTING = '/terminer-connexion';

export const peoplePath = (uid: string) => `${ANSWER_PATH}/${uid}`;
export const cancelPath = (uid: string) => `${ANSWER_PATH}/${uid}/annuler`;
export const themePath = (uid: string, usagerId: string) => `${ANSWER_PATH}/${uid}/pour/${usagerId}`;
export const expiredPath = (uid: string) => `${EXPIRED_PATH}/${uid}`;
