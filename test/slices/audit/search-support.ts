import { events } from '#app/wiring.ts';
import { journalRegistry } from '#journal';
import type { Organisation } from '#organisation';
import type { Agent } from '#support/agent.ts';
import { addTestAuditor, auditorAgent, type TestAuditor } from '#support/auditor.ts';
import { addPerson, addStructure, loggedInAs, type TestAidant } from '#support/people.ts';
import { type FollowWorld, followWorld } from '../mandate/follow-support.ts';

export type AuditWorld = FollowWorld & {
  national: TestAuditor;
  /** The browser of an auditor of the whole country, and of one of the département of the structure (62). */
  everywhere: Agent;
  here: Agent;
  /** A structure of another département, with an aidant and their browser. */
  elsewhere: { structure: Organisation; aidant: TestAidant; browser: Agent };
};

export const registry = journalRegistry(events);

/** Two structures of two départements at work, and auditors. */
export async function auditWorld(): Promise<AuditWorld> {
  const world = await followWorld();
  const national = await addTestAuditor(world);
  const local = await addTestAuditor(world, { firstName: 'Paul', lastName: 'Roux', departements: ['62'] });
  const structure = await addStructure(world, { name: 'France services Lille', city: 'Lille', departement: '59' });
  const aidant = await addPerson(world, { organisationIds: [structure.id], firstName: 'Zoé', lastName: 'Petit' });
  return {
    ...world,
    national,
    everywhere: await auditorAgent(world, national),
    here: await auditorAgent(world, local),
    elsewhere: { structure, aidant, browser: await loggedInAs(world, aidant) },
  };
}

/** The lines of a page of results: the id of the entry and its sentence. */
export function linesOf(html: string): { id: string; sentence: string }[] {
  return [...html.matchAll(/<a href="\/auditeur\/entrees\/([0-9a-f-]{36})(?:\?[^"]*)?">([^<]*)<\/a>/g)].map(
    ([, id = '', sentence = '']) => ({ id, sentence: sentence.replace(/&#x27;/g, "'") }),
  );
}

/** The verdicts of an entry that witnesses cosigned, when all holds: one per check, by the name in `data-check`. */
export const ALL_HOLDS = {
  form: 'pass',
  'leaf-hash': 'pass',
  node: 'pass',
  inclusion: 'pass',
  log: 'pass',
  'witness:temoin-un.test': 'pass',
  'witness:temoin-deux.test': 'pass',
  quorum: 'pass',
} as const;
