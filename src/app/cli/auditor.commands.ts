import {
  type AuditorChange,
  addAuditor,
  changeAuditor,
  findAidantByEmail,
  listAuditors,
  renewAuditorFactor,
  scopeInWords,
} from '#identity';
import type { AppContext } from '#platform/context.ts';
import { type Command, CommandError, type Io, required } from './command.ts';
import { auditorMeant } from './find.ts';
import { showFactor } from './show-factor.ts';
import { refusedFields, withContext, withNode } from './with-context.ts';

const OPTION_OF: Readonly<Record<string, string>> = {
  email: '--email',
  firstName: '--first-name',
  lastName: '--last-name',
  departements: '--departement',
  totpSecret: '--totp-secret',
};

const add: Command = {
  name: 'auditor add',
  summary: 'Inscrit un auditeur ; écrit, une seule fois, ce qui règle son application de codes.',
  options: {
    email: { hint: 'adresse e-mail professionnelle', required: true },
    'first-name': { hint: 'prénom', required: true },
    'last-name': { hint: 'nom', required: true },
    departement: { hint: 'le seul qu’il voit ; sans cette option, la France entière', multiple: true },
    'totp-secret': { hint: 'base32, si l’application est déjà réglée' },
  },
  async run(given, io) {
    const departements = given.list('departement');
    const totpSecret = given.text('totp-secret');
    await withNode(io, 'app', async (ctx) => {
      const added = await addAuditor(ctx, {
        email: required(given, 'email'),
        firstName: required(given, 'first-name'),
        lastName: required(given, 'last-name'),
        departements: departements.length > 0 ? departements : null,
        ...(totpSecret !== undefined && { totpSecret }),
      });
      if (!added.ok) throw refusedFields(added.errors, OPTION_OF);
      io.out(added.auditorId);
      await showFactor(io, added.totpUri, 'de l’auditeur');
      if (await findAidantByEmail(ctx.db, required(given, 'email'))) io.say(ALSO_AIDANT);
    });
  },
};

const ALSO_AIDANT =
  'Attention : un aidant a la même adresse. Qui agit pour une structure ne doit pas la contrôler : limitez l’un des deux comptes.';

const list: Command = {
  name: 'auditor list',
  summary: 'Les auditeurs : adresse, nom, état, départements.',
  async run(_given, io) {
    const auditors = await withContext(io, 'app', ({ db }) => listAuditors(db));
    for (const { email, firstName, lastName, active, departements } of auditors) {
      const state = active ? 'actif' : 'désactivé';
      io.out([email, `${firstName} ${lastName}`, state, scopeInWords(departements)].join('\t'));
    }
  },
};

const newFactor: Command = {
  name: 'auditor new-factor',
  summary: 'Remplace l’application de codes d’un auditeur (téléphone perdu) : l’ancienne et ses sessions s’arrêtent.',
  arguments: ['ADRESSE'],
  async run(given, io) {
    await withNode(io, 'app', async (ctx) => {
      const auditor = await auditorMeant(ctx, given.argument('ADRESSE'));
      const factor = await renewAuditorFactor(ctx, auditor.id);
      if (factor) await showFactor(io, factor.totpUri, 'de l’auditeur');
    });
  },
};

function account(name: string, change: 'deactivated' | 'activated', summary: string): Command {
  return {
    name,
    summary,
    arguments: ['ADRESSE'],
    async run(given, io) {
      await withNode(io, 'app', (ctx) => apply(ctx, io, given.argument('ADRESSE'), { change }));
    },
  };
}

const limit: Command = {
  name: 'auditor limit',
  summary: 'Change ce qu’un auditeur voit : ces départements, ou la France entière.',
  arguments: ['ADRESSE'],
  options: {
    departement: { hint: 'un département qu’il voit', multiple: true },
    national: { hint: 'la France entière', flag: true },
  },
  async run(given, io) {
    const departements = given.list('departement');
    const national = given.flag('national');
    if (national === departements.length > 0)
      throw new CommandError('donnez --departement ou --national, pas les deux');
    const change = { change: 'limited', departements: national ? null : departements } as const;
    await withNode(io, 'app', (ctx) => apply(ctx, io, given.argument('ADRESSE'), change));
  },
};

async function apply(ctx: AppContext, io: Io, email: string, change: AuditorChange): Promise<void> {
  const auditor = await auditorMeant(ctx, email);
  const outcome = await changeAuditor(ctx, auditor.id, change);
  if (!outcome.ok)
    throw new CommandError(
      outcome.reason === 'unknown-departement' ? '--departement : inconnu' : 'l’auditeur n’existe plus',
    );
  io.say(outcome.changed ? 'Fait, et inscrit dans le journal.' : 'C’était déjà le cas : rien n’a changé.');
}

export const auditorCommands: readonly Command[] = [
  add,
  list,
  account('auditor deactivate', 'deactivated', 'Ferme le compte d’un auditeur : dehors dès la page suivante.'),
  account('auditor activate', 'activated', 'Ouvre à nouveau le compte d’un auditeur.'),
  limit,
  newFactor,
];
