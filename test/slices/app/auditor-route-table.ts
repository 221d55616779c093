/**
 * Every route of the auditors' door: who may come in and what becomes of everybody else. The columns are the visitors of
 * auditor-doors.ts, for an address that names what the owner made or was given. A new route gets its line here, read by a
 * person.
 *
 * nobody: no session · aidant: a session at the other door · asleep: the owner, silent for 16 minutes · elsewhere: an auditor
 * of another département · colleague: an auditor who sees the place, but neither asked nor was given anything · owner.
 *
 * page 200 · done 204 · onwards: to another page of theirs · login, resume: asked to log in, for a code · closed 401: programs
 * read this, and are told who may · unknown 404 · gone 410 · invalid 422 (codes are wrong on purpose). An object that no visitor has (a proof not sealed yet, a sample) is unknown.
 */
export const AUDITOR_ROUTE_TABLE = `
verb path                                       guard             nobody    aidant    asleep    elsewhere colleague owner
get  /journal/:log/tile/entries/*path           auditorActive     closed    closed    closed    unknown   unknown   unknown
get  /auditeur/connexion                        auditorOrNobody   page      page      page      onwards   onwards   onwards
post /auditeur/connexion                        auditorOrNobody   invalid   invalid   invalid   invalid   invalid   invalid
get  /auditeur/connexion/attente                auditorOrNobody   gone      gone      gone      onwards   onwards   onwards
post /auditeur/connexion/attente                auditorOrNobody   gone      gone      gone      gone      gone      gone
get  /auditeur/connexion/renvoyer               auditorOrNobody   onwards   onwards   onwards   onwards   onwards   onwards
post /auditeur/connexion/renvoyer               auditorOrNobody   gone      gone      gone      gone      gone      gone
get  /auditeur/connexion/lien/:token            auditorOrNobody   gone      gone      gone      onwards   onwards   onwards
post /auditeur/connexion/lien/:token            auditorOrNobody   gone      gone      gone      gone      gone      gone
get  /auditeur/reprise                          auditorEvenAsleep login     login     page      onwards   onwards   onwards
post /auditeur/reprise                          auditorEvenAsleep login     login     invalid   onwards   onwards   onwards
get  /auditeur/session/prolonger                auditorActive     login     login     resume    onwards   onwards   onwards
post /auditeur/session/prolonger                auditorActive     login     login     resume    done      done      done
get  /auditeur/deconnexion                      auditorOrNobody   page      page      page      page      page      page
post /auditeur/deconnexion                      auditorOrNobody   onwards   onwards   onwards   onwards   onwards   onwards
get  /auditeur                                  auditorActive     login     login     resume    onwards   onwards   onwards
get  /auditeur/recherche                        auditorActive     login     login     resume    page      page      page
post /auditeur/recherche                        auditorActive     login     login     resume    onwards   onwards   onwards
get  /auditeur/entrees/:id                      auditorActive     login     login     resume    unknown   page      page
get  /auditeur/entrees/:id/preuve               auditorActive     login     login     resume    unknown   unknown   unknown
get  /auditeur/mandats/:id                      auditorActive     login     login     resume    unknown   page      page
get  /auditeur/mandats/:id/export               auditorActive     login     login     resume    unknown   page      page
post /auditeur/mandats/:id/export               auditorActive     login     login     resume    unknown   invalid   invalid
get  /auditeur/dossiers                         auditorActive     login     login     resume    page      page      page
get  /auditeur/dossiers/ajouter                 auditorActive     login     login     resume    unknown   page      page
post /auditeur/dossiers/ajouter                 auditorActive     login     login     resume    unknown   onwards   onwards
get  /auditeur/dossiers/:id                     auditorActive     login     login     resume    unknown   unknown   page
get  /auditeur/dossiers/:id/note                auditorActive     login     login     resume    unknown   unknown   page
post /auditeur/dossiers/:id/note                auditorActive     login     login     resume    unknown   unknown   invalid
get  /auditeur/dossiers/:id/partage             auditorActive     login     login     resume    unknown   unknown   page
post /auditeur/dossiers/:id/partage             auditorActive     login     login     resume    unknown   unknown   invalid
get  /auditeur/dossiers/:id/decision            auditorActive     login     login     resume    unknown   unknown   page
post /auditeur/dossiers/:id/decision            auditorActive     login     login     resume    unknown   unknown   invalid
get  /auditeur/dossiers/:id/reponse             auditorActive     login     login     resume    unknown   unknown   unknown
get  /auditeur/dossiers/:id/export              auditorActive     login     login     resume    unknown   unknown   page
post /auditeur/dossiers/:id/export              auditorActive     login     login     resume    unknown   unknown   invalid
get  /auditeur/tirages                          auditorActive     login     login     resume    page      page      page
post /auditeur/tirages                          auditorActive     login     login     resume    invalid   invalid   invalid
get  /auditeur/tirages/essai                    auditorActive     login     login     resume    onwards   onwards   onwards
get  /auditeur/tirages/:id                      auditorActive     login     login     resume    unknown   unknown   unknown
get  /auditeur/alertes                          auditorActive     login     login     resume    page      page      page
get  /auditeur/alertes/regles                   auditorActive     login     login     resume    page      page      page
get  /auditeur/alertes/:id                      auditorActive     login     login     resume    unknown   page      page
post /auditeur/alertes/:id                      auditorActive     login     login     resume    unknown   invalid   invalid
get  /auditeur/identites                        auditorActive     login     login     resume    page      page      page
get  /auditeur/identites/demande                auditorActive     login     login     resume    unknown   page      page
post /auditeur/identites/demande                auditorActive     login     login     resume    unknown   onwards   invalid
get  /auditeur/identites/plaintes/:id           auditorActive     login     login     resume    unknown   unknown   page
post /auditeur/identites/plaintes/:id           auditorActive     login     login     resume    unknown   unknown   invalid
get  /auditeur/identites/plaintes/:id/personne  auditorActive     login     login     resume    unknown   unknown   page
get  /auditeur/identites/:id                    auditorActive     login     login     resume    unknown   page      page
post /auditeur/identites/:id                    auditorActive     login     login     resume    unknown   invalid   onwards
get  /auditeur/identites/:id/personne           auditorActive     login     login     resume    unknown   unknown   unknown
get  /auditeur/*rest                            auditorActive     login     login     resume    unknown   unknown   unknown`;
