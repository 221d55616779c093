import { type AidantChange, addAidant, changeAidant, listAidants, renewSecondFactor } from '#identity';
import type { AppContext } from '#platform/context.ts';
import { type Command, CommandError, type Io, required } from './command.ts';
import { aidantMeant, organisationMeant } from './find.ts';
import { showFactor } from './show-factor.ts';
import { refusedFields, withContext, withNode } from './with-context.ts';

const OPTION_OF: Readonly<Record<string, string>> = {
  email: '--email',
  firstName: '--first-name',
  lastName: '--last-name',
  organisationIds: '--organisation',
  totpSecret: '--totp-secret',
};
const STRUCTURE = 'identifiant ou SIRET de la structure';

const add: Command = {
  name: 'aidant add',
  summary: 'Inscrit un aidant ; écrit, une seule fois, ce qui règle son application de codes.',
  options: {
    email: { hint: 'adresse e-mail professionnelle', required: true },
    'first-name': { hint: 'prénom', required: true },
    'last-name': { hint: 'nom', required: true },
    organisation: { hint: STRUCTURE, required: true, multiple: true },
    'may-not-conclude': { hint: 'ne peut pas conclure de mandats', flag: true },
    'totp-secret': { hint: 'base32, si l’application est déjà réglée' },
  },
  async run(given, io) {
    await withNode(io, 'app', async (ctx) => {
      const organisations = await Promise.all(given.list('organisation').map((typed) => organisationMeant(ctx, typed)));
      const totpSecret = given.text('totp-secret');
      const added = await addAidant(ctx, {
        email: required(given, 'email'),
        firstName: required(given, 'first-name'),
        lastName: required(given, 'last-name'),
        organisationIds: organisations.map(({ id }) => id),
        mayConclude: !given.flag('may-not-conclude'),
        ...(totpSecret !== undefined && { totpSecret }),
      });
      if (!added.ok) throw refusedFields(added.errors, OPTION_OF);
      io.out(added.aidantId);
      await showFactor(io, added.totpUri, 'de l’aidant');
    });
  },
};

const list: Command = {
  name: 'aidant list',
  summary: 'Les aidants : adresse, nom, état, mandats à conclure ou non, structures.',
  async run(_given, io) {
    const aidants = await withContext(io, 'app', ({ db }) => listAidants(db));
    for (const { email, firstName, lastName, active, mayConclude, organisations } of aidants) {
      const state = active ? 'actif' : 'désactivé';
      const right = mayConclude ? 'conclut' : 'ne conclut pas';
      io.out([email, `${firstName} ${lastName}`, state, right, organisations.join(', ')].join('\t'));
    }
  },
};

const newFactor: Command = {
  name: 'aidant new-factor',
  summary: 'Remplace l’application de codes d’un aidant (téléphone perdu) : l’ancienne et ses sessions s’arrêtent.',
  arguments: ['ADRESSE'],
  async run(given, io) {
    await withNode(io, 'app', async (ctx) => {
      const aidant = await aidantMeant(ctx, given.argument('ADRESSE'));
      const factor = await renewSecondFactor(ctx, aidant.id);
      if (factor) await showFactor(io, factor.totpUri, 'de l’aidant');
    });
  },
};

type Simple = Exclude<AidantChange['change'], 'joined' | 'left'>;

function simple(name: string, change: Simple, summary: string): Command {
  return {
    name,
    summary,
    arguments: ['ADRESSE'],
    async run(given, io) {
      await withNode(io, 'app', (ctx) => apply(ctx, io, given.argument('ADRESSE'), { change }));
    },
  };
}

function membership(name: string, change: 'joined' | 'left', summary: string): Command {
  return {
    name,
    summary,
    arguments: ['ADRESSE'],
    options: { organisation: { hint: STRUCTURE, required: true } },
    async run(given, io) {
      await withNode(io, 'app', async (ctx) => {
        const { id } = await organisationMeant(ctx, required(given, 'organisation'));
        await apply(ctx, io, given.argument('ADRESSE'), { change, organisationId: id });
      });
    },
  };
}

async function apply(ctx: AppContext, io: Io, email: string, change: AidantChange): Promise<void> {
  const aidant = await aidantMeant(ctx, email);
  const outcome = await changeAidant(ctx, aidant.id, change);
  if (!outcome.ok) throw new CommandError('l’aidant ou la structure n’existe plus');
  io.say(outcome.changed ? 'Fait, et inscrit dans le journal.' : 'C’était déjà le cas : rien n’a changé.');
}

export const aidantCommands: readonly Command[] = [
  add,
  list,
  simple('aidant deactivate', 'deactivated', 'Ferme le compte d’un aidant : dehors dès la page suivante.'),
  simple('aidant activate', 'activated', 'Ouvre à nouveau le compte d’un aidant.'),
  simple('aidant allow-conclude', 'may-conclude', 'Permet à un aidant de conclure des mandats.'),
  simple('aidant forbid-conclude', 'may-not-conclude', 'Ne permet plus à un aidant de conclure des mandats.'),
  membership('aidant join', 'joined', 'Fait entrer un aidant dans une structure.'),
  membership('aidant leave', 'left', 'Fait sortir un aidant d’une structure : ses sessions pour elle s’arrêtent.'),
  newFactor,
];
