import { addComplaint } from '#audit';
import { sha256 } from '#platform/crypto/hashes.ts';
import { uuidv7 } from '#platform/ids/ids.ts';
import { MINUTE } from '#platform/time/clock.ts';
import type { Agent, Answer, FormFields } from '#support/agent.ts';
import { addTestAuditor, auditorAgent, type TestAuditor } from '#support/auditor.ts';
import { loggedInAs } from '#support/people.ts';
import { type FollowWorld, followWorld } from '../mandate/follow-support.ts';

/** Who stands at the auditors' door, in the order of the columns of the table. */
export const AUDITOR_VISITORS = ['nobody', 'aidant', 'asleep', 'elsewhere', 'colleague', 'owner'] as const;
export type AuditorVisitor = (typeof AUDITOR_VISITORS)[number];

/** What the owner of the table has made or was given, in département 62. */
export type AuditorObjects = {
  mandate: string;
  entry: string;
  unmasking: string;
  complaint: string;
  dossier: string;
  alert: string;
};

export type AuditorDoors = FollowWorld & {
  browserOf(visitor: AuditorVisitor): Promise<Agent>;
  /** A mandate, its entry, and the owner's request, complaint and case about it, made anew. */
  objects(): Promise<AuditorObjects>;
};

const MOTIVE = 'Plusieurs connexions la nuit sur ce mandat.';

export async function openAuditorDoors(): Promise<AuditorDoors> {
  const world = await followWorld();
  const owner = await addTestAuditor(world, { departements: ['62'] });
  const people: Record<Exclude<AuditorVisitor, 'nobody' | 'aidant'>, TestAuditor> = {
    owner,
    asleep: owner,
    elsewhere: await addTestAuditor(world, { departements: ['2A'] }),
    colleague: await addTestAuditor(world),
  };
  return {
    ...world,
    async browserOf(visitor) {
      if (visitor === 'nobody') {
        const agent = world.visitor();
        await agent.get('/auditeur/connexion');
        return agent;
      }
      if (visitor === 'aidant') {
        const agent = await loggedInAs(world, world.aidant);
        await agent.get('/auditeur/connexion');
        return agent;
      }
      const agent = await auditorAgent(world, people[visitor]);
      if (visitor === 'asleep') await fallAsleep(world, agent);
      return agent;
    },
    objects: () => objectsOf(world, owner),
  };
}

async function objectsOf(world: FollowWorld, owner: TestAuditor): Promise<AuditorObjects> {
  const desk = await auditorAgent(world, owner);
  const mandate = await world.conclude();
  const told = await world.journal({ kinds: ['mandate.concluded'], mandateAlias: mandate.journalAlias });
  await desk.post('/auditeur/identites/demande', { mandat: mandate.id, motive: MOTIVE });
  const unmasking = await world.ctx.db
    .selectFrom('unmasking')
    .select('id')
    .where('mandateId', '=', mandate.id)
    .executeTakeFirst();
  const opened = await desk.post(
    `/auditeur/dossiers/ajouter?mandat=${mandate.id}`,
    FORMS['/auditeur/dossiers/ajouter'],
  );
  const complaint = await addComplaint(world.ctx, {
    ...{ mandateNumber: mandate.number, motive: 'never-signed', channel: 'letter', auditorEmail: owner.email },
  });
  return {
    mandate: mandate.id,
    entry: told[0]?.id ?? '',
    unmasking: unmasking?.id ?? '',
    complaint: complaint.ok ? complaint.id : '',
    dossier: opened.location?.split('/').at(-1) ?? '',
    alert: await someAlert(world),
  };
}

/** As the rules raise them, about the structure. */
async function someAlert({ workerCtx, structure, clock }: FollowWorld): Promise<string> {
  const id = uuidv7(clock.now());
  await workerCtx.db
    .insertInto('alert')
    .values({
      ...{ id, rule: 'H2', organisationId: structure.id, urgent: false, explanation: 'Vu.', entries: 0 },
      ...{ facts: sha256(id), raisedAt: clock.now() },
    })
    .execute();
  return id;
}

async function fallAsleep({ ctx }: FollowWorld, agent: Agent): Promise<void> {
  const lastActivityAt = new Date(ctx.clock.now().getTime() - 16 * MINUTE);
  const cookieHash = sha256(agent.cookies.get('entremise-auditeur') ?? '');
  await ctx.db.updateTable('session').set({ lastActivityAt }).where('cookieHash', '=', cookieHash).execute();
}

/** The address of a route for these objects; what none of them names is named by nothing. */
export function auditorAddress(path: string, objects: AuditorObjects): string {
  const names: readonly (readonly [prefix: string, id: string])[] = [
    ['/auditeur/entrees/', objects.entry],
    ['/auditeur/mandats/', objects.mandate],
    ['/auditeur/identites/plaintes/', objects.complaint],
    ['/auditeur/identites/', objects.unmasking],
    ['/auditeur/dossiers/', objects.dossier],
    ['/auditeur/alertes/', objects.alert],
  ];
  const id = names.find(([prefix]) => path.startsWith(prefix))?.[1] ?? '00000000-0000-7000-8000-000000000000';
  const address = path
    .replace(':id', id)
    .replace(':token', 'A'.repeat(64))
    .replace(':log', 'actes')
    .replace('*path', '000');
  const asked = { '/auditeur/dossiers/ajouter': 'mandat', '/auditeur/identites/demande': 'mandat' }[path];
  return asked ? `${address}?${asked}=${objects.mandate}` : address;
}

/** Fields with which the right person's form is read, by route. Codes are wrong: what they sign is tested elsewhere. */
export const FORMS: Readonly<Record<string, FormFields>> = {
  '/auditeur/connexion': { email: 'personne@controle.example', code: '123456' },
  '/auditeur/connexion/attente': { code: '12345678' },
  '/auditeur/identites/demande': { motive: MOTIVE },
  '/auditeur/identites/:id': { answer: 'granted', code: 'x' },
  '/auditeur/identites/plaintes/:id': { answer: 'confirmed', code: 'x' },
  '/auditeur/dossiers/ajouter': { into: 'nouveau', subject: 'Connexions la nuit' },
};

/** What an answer amounts to, in one word of the table. */
export function auditorOutcome({ status, location }: Answer): string {
  if (status === 303) return whereTo(location ?? '');
  const words = {
    200: 'page',
    204: 'done',
    401: 'closed',
    403: 'refused',
    404: 'unknown',
    410: 'gone',
    422: 'invalid',
    429: 'limited',
  };
  return words[status as keyof typeof words] ?? `${status}`;
}

function whereTo(location: string): string {
  if (location.startsWith('/auditeur/connexion?suite=')) return 'login';
  if (location.startsWith('/auditeur/reprise?suite=')) return 'resume';
  return location.startsWith('/auditeur') ? 'onwards' : 'away';
}
