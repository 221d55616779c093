/** Where the aidant answers a request of a partner. */
export const ANSWER_PATH = '/agir';

/** The page that says that a request is gone. */
export const EXPIRED_PATH = '/demande-expiree';

export const routes = {
  authorization: '/authorize',
  token: '/token',
  revocation: '/token/revocation',
  userinfo: '/userinfo',
  jwks: '/jwks',
  end_session: '/session/end',
} as const;

export const DISCOVERY = '/.well-known/openid-configuration';

/** Paths that the provider answers, before any form is parsed; the last two it only guards, then passes on. */
export const providerPaths: readonly string[] = [
  DISCOVERY,
  routes.jwks,
  routes.authorization,
  `${routes.authorization}/:uid`,
  routes.token,
  routes.revocation,
  routes.userinfo,
  routes.end_session,
  `${routes.end_session}/success`,
  `${ANSWER_PATH}/:uid`,
  `${ANSWER_PATH}/:uid/*rest`,
];
