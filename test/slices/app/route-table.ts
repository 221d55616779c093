/**
 * Every route of the aidant's door: who may come in and what becomes of everybody else. The columns are the visitors of
 * doors.ts, for an address that names what the owner made. A new route gets its line here, read by a person.
 *
 * nobody: no session · asleep: the owner, silent for 16 minutes · noTerms: terms of use not accepted · mayNot: of the same
 * structure, may not conclude · elsewhere: of another structure · closed: of a structure that closed · colleague: of the same
 * structure · owner: who began the draft, of the structure that holds the mandate.
 *
 * page 200 · done 204 · hop: a page that goes on by itself · onwards: to another page of ours · away: to a partner · login,
 * resume, terms, choose: asked to log in, for a code, to accept the terms, to choose an open structure · refused 403 ·
 * unknown 404 · gone 410 · invalid 422 · expired: this request of a partner came by another browser.
 */
export const ROUTE_TABLE = `
verb path                                         guard             nobody   asleep   noTerms  mayNot   elsewhere closed  colleague owner
get  /                                            aidantOrNobody    page     page     page     page     page     page     page     page
get  /aide                                        aidantOrNobody    page     page     page     page     page     page     page     page
get  /accessibilite                               aidantOrNobody    page     page     page     page     page     page     page     page
get  /mentions-legales                            aidantOrNobody    page     page     page     page     page     page     page     page
get  /donnees-personnelles                        aidantOrNobody    page     page     page     page     page     page     page     page
get  /plan-du-site                                aidantOrNobody    page     page     page     page     page     page     page     page
get  /regles-de-controle                          aidantOrNobody    page     page     page     page     page     page     page     page
get  /connexion                                   aidantOrNobody    page     page     onwards  onwards  onwards  onwards  onwards  onwards
post /connexion                                   aidantOrNobody    invalid  invalid  invalid  invalid  invalid  invalid  invalid  invalid
get  /connexion/attente                           aidantOrNobody    gone     gone     onwards  onwards  onwards  onwards  onwards  onwards
post /connexion/attente                           aidantOrNobody    gone     gone     gone     gone     gone     gone     gone     gone
get  /connexion/renvoyer                          aidantOrNobody    onwards  onwards  onwards  onwards  onwards  onwards  onwards  onwards
post /connexion/renvoyer                          aidantOrNobody    gone     gone     gone     gone     gone     gone     gone     gone
get  /connexion/lien/:token                       aidantOrNobody    gone     gone     onwards  onwards  onwards  onwards  onwards  onwards
post /connexion/lien/:token                       aidantOrNobody    gone     gone     gone     gone     gone     gone     gone     gone
get  /reprise                                     aidantEvenAsleep  login    page     onwards  onwards  onwards  onwards  onwards  onwards
post /reprise                                     aidantEvenAsleep  login    invalid  onwards  onwards  onwards  onwards  onwards  onwards
get  /session/prolonger                           aidantLoggedIn    login    resume   onwards  onwards  onwards  onwards  onwards  onwards
post /session/prolonger                           aidantLoggedIn    login    resume   done     done     done     done     done     done
get  /deconnexion                                 aidantOrNobody    page     page     page     page     page     page     page     page
post /deconnexion                                 aidantOrNobody    onwards  onwards  onwards  onwards  onwards  onwards  onwards  onwards
get  /conditions                                  aidantOrNobody    page     page     page     page     page     page     page     page
post /conditions                                  aidantLoggedIn    login    resume   onwards  onwards  onwards  onwards  onwards  onwards
get  /structure                                   aidantLoggedIn    login    resume   page     page     page     page     page     page
post /structure                                   aidantLoggedIn    login    resume   invalid  invalid  invalid  invalid  invalid  invalid
get  /mandats/nouveau                             aidantMayConclude login    resume   terms    refused  page     choose   page     page
post /mandats/nouveau                             aidantMayConclude login    resume   terms    refused  onwards  choose   onwards  onwards
get  /mandats/preparation/:id                     aidantMayConclude login    resume   terms    refused  unknown  choose   unknown  page
post /mandats/preparation/:id                     aidantMayConclude login    resume   terms    refused  unknown  choose   unknown  onwards
get  /mandats/preparation/:id/accord              aidantMayConclude login    resume   terms    refused  unknown  choose   unknown  page
post /mandats/preparation/:id/accord              aidantMayConclude login    resume   terms    refused  unknown  choose   unknown  onwards
get  /mandats/preparation/:id/identification      aidantMayConclude login    resume   terms    refused  unknown  choose   unknown  onwards
get  /franceconnect/retour                        aidantEvenAsleep  login    onwards  onwards  onwards  onwards  onwards  onwards  onwards
get  /mandats/preparation/:id/deconnexion         aidantEvenAsleep  login    onwards  unknown  unknown  unknown  unknown  unknown  onwards
get  /franceconnect/fin                           aidantEvenAsleep  login    onwards  onwards  onwards  onwards  onwards  onwards  onwards
get  /franceconnect/sans-suite                    aidantEvenAsleep  login    page     page     page     page     page     page     page
get  /mandats/preparation/:id/fermeture           aidantActive      login    resume   terms    unknown  unknown  choose   unknown  onwards
post /mandats/preparation/:id/fermeture           aidantActive      login    resume   terms    unknown  unknown  choose   unknown  onwards
get  /mandats/preparation/:id/resultat            aidantActive      login    resume   terms    unknown  unknown  choose   unknown  onwards
get  /mandats/preparation/:id/sans-franceconnect  aidantActive      login    resume   terms    unknown  unknown  choose   unknown  page
get  /mandats/preparation/:id/verification        aidantMayConclude login    resume   terms    refused  unknown  choose   unknown  onwards
post /mandats/preparation/:id/verification        aidantMayConclude login    resume   terms    refused  unknown  choose   unknown  onwards
get  /mandats/preparation/:id/abandon             aidantActive      login    resume   terms    unknown  unknown  choose   unknown  page
post /mandats/preparation/:id/abandon             aidantActive      login    resume   terms    unknown  unknown  choose   unknown  onwards
get  /mandats/preparation/:id/fin                 aidantActive      login    resume   terms    unknown  unknown  choose   unknown  onwards
get  /mandats                                     aidantActive      login    resume   terms    page     page     choose   page     page
get  /usagers/:id                                 aidantActive      login    resume   terms    page     unknown  choose   page     page
get  /usagers/:id/adresse                         aidantActive      login    resume   terms    page     unknown  choose   page     page
post /usagers/:id/adresse                         aidantActive      login    resume   terms    onwards  unknown  choose   onwards  onwards
get  /mandats/:id/fin                             aidantActive      login    resume   terms    page     unknown  choose   page     page
post /mandats/:id/fin                             aidantActive      login    resume   terms    onwards  unknown  choose   onwards  onwards
get  /mandats/:id/themes/:theme/fin               aidantActive      login    resume   terms    page     unknown  choose   page     page
post /mandats/:id/themes/:theme/fin               aidantActive      login    resume   terms    onwards  unknown  choose   onwards  onwards
get  /mandats/:id/revocation                      aidantActive      login    resume   terms    onwards  unknown  choose   onwards  onwards
get  /mandats/:id/themes/:theme/revocation        aidantActive      login    resume   terms    onwards  unknown  choose   onwards  onwards
get  /mandats/papiers                             aidantActive      login    resume   terms    page     page     choose   page     page
get  /mandats/:id/document                        aidantActive      login    resume   terms    page     unknown  choose   page     page
get  /mandats/:id/document/usager                 aidantActive      login    resume   terms    page     unknown  choose   page     page
post /mandats/:id/document/usager                 aidantActive      login    resume   terms    onwards  unknown  choose   onwards  onwards
get  /mandats/:id/papier                          aidantActive      login    resume   terms    page     unknown  choose   page     page
post /mandats/:id/papier                          aidantActive      login    resume   terms    onwards  unknown  choose   onwards  onwards
get  /agir/:uid/annuler                           aidantOrNobody    page     page     page     page     expired  page     expired  page
post /agir/:uid/annuler                           aidantOrNobody    hop      hop      hop      hop      expired  hop      expired  hop
get  /agir/:uid                                   aidantActive      login    resume   terms    page     expired  choose   expired  page
get  /agir/:uid/pour/:usager                      aidantActive      login    resume   terms    page     expired  choose   expired  page
post /agir/:uid/pour/:usager                      aidantActive      login    resume   terms    hop      expired  choose   expired  hop
get  /demande-expiree/:uid                        aidantOrNobody    page     page     page     page     page     page     page     page
post /demande-expiree/:uid                        aidantOrNobody    hop      hop      hop      hop      hop      hop      hop      hop
get  /demande-expiree/:uid/retour                 aidantOrNobody    away     away     away     away     away     away     away     away
get  /terminer-connexion                          aidantEvenAsleep  login    page     page     page     page     page     page     page
post /terminer-connexion                          aidantEvenAsleep  login    hop      hop      hop      hop      hop      hop      hop
get  /terminer-connexion/franceconnect            aidantEvenAsleep  login    away     away     away     away     away     away     away`;
