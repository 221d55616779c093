import {
  eraseField,
  erasePeriod,
  GROUND_WORDS,
  GROUNDS,
  type Ground,
  HOLD_GROUNDS,
  type HoldGround,
  type HoldTarget,
  liftHold,
  listHolds,
  type NotErased,
  placeHold,
} from '#journal';
import { erasePerson } from '#mandate';
import type { AppContext } from '#platform/context.ts';
import { isUuid } from '#platform/ids/ids.ts';
import { inDigits } from '#platform/time/paris.ts';
import { type Command, CommandError, type Given, required } from './command.ts';
import { logMeant, mandateMeant, monthMeant, personMeant } from './journal-meant.ts';
import { withContext } from './with-context.ts';

const GROUND = { hint: GROUNDS.map((one) => `${one} (${GROUND_WORDS[one]})`).join(' ; '), required: true };
const DONE = 'Fait, et inscrit dans le journal ; le miroir suit dans la minute.';

const REASONS: Readonly<Record<NotErased | 'open-mandate', string>> = {
  nothing: 'Il n’y a rien à effacer.',
  held: 'Un gel l’interdit : « journal holds » les montre.',
  'not-over': 'Ce mois n’est pas fini.',
  'not-covered': 'Aucun point de contrôle publié ne couvre tout ce mois.',
  'open-mandate': 'Cette personne a un mandat en cours : il doit d’abord prendre fin.',
};

function refusal(reason: NotErased | 'open-mandate'): CommandError {
  return new CommandError(REASONS[reason]);
}

function groundOf(given: Given): Ground {
  const typed = required(given, 'ground');
  const ground = GROUNDS.find((one) => one === typed);
  if (!ground) throw new CommandError(`--ground : ${GROUNDS.join(', ')}`);
  return ground;
}

const field: Command = {
  name: 'journal erase-field',
  summary: 'Efface une valeur à laquelle une entrée s’est engagée. L’entrée et ses preuves restent.',
  arguments: ['ENTREE'],
  options: { field: { hint: 'nom de la valeur, comme la page de l’entrée le montre', required: true }, ground: GROUND },
  async run(given, io) {
    const entryId = given.argument('ENTREE').toLowerCase();
    if (!isUuid(entryId)) throw new CommandError('ENTREE est l’identifiant d’une entrée');
    const wanted = { entryId, field: required(given, 'field'), ground: groundOf(given) };
    const done = await withContext(io, 'worker', (ctx) => eraseField(ctx, wanted));
    if (!done.ok) throw refusal(done.reason);
    io.say(DONE);
  },
};

const person: Command = {
  name: 'journal erase-person',
  summary: 'Efface une personne avant son terme : fiche, mandats, preuves, et ce que le journal ouvre d’elle.',
  arguments: ['PERSONNE'],
  options: { ground: GROUND },
  async run(given, io) {
    const ground = groundOf(given);
    const done = await withContext(io, 'worker', async (ctx) =>
      erasePerson(ctx, { usagerId: await personMeant(ctx, given.argument('PERSONNE')), ground }),
    );
    if (!done.ok) throw refusal(done.reason);
    io.say(`${done.value.mandates} mandat(s), ${done.value.openings} valeur(s). ${DONE}`);
  },
};

const period: Command = {
  name: 'journal erase-period',
  summary: 'Efface les entrées d’un mois d’un journal. Leurs empreintes et les preuves des autres restent.',
  arguments: ['MOIS'],
  options: { log: { hint: 'actes ou acces', required: true }, ground: GROUND },
  async run(given, io) {
    const wanted = { log: logMeant(required(given, 'log')), month: monthMeant(given.argument('MOIS')) };
    const done = await withContext(io, 'worker', (ctx) => erasePeriod(ctx, { ...wanted, ground: groundOf(given) }));
    if (!done.ok) throw refusal(done.reason);
    io.say(`${done.value.entries} entrée(s), ${done.value.openings} valeur(s). ${DONE}`);
  },
};

const hold: Command = {
  name: 'journal hold',
  summary: 'Gèle une personne, un mandat ou des mois du journal : ni une commande ni le temps n’en effacent rien.',
  options: {
    person: { hint: 'identifiant de la personne, ou numéro d’un de ses mandats' },
    mandate: { hint: 'numéro du mandat' },
    from: { hint: 'premier mois : 2025-10' },
    to: { hint: 'dernier mois (le premier)' },
    ground: { hint: HOLD_GROUNDS.join(', '), required: true },
  },
  async run(given, io) {
    const ground = HOLD_GROUNDS.find((one) => one === given.text('ground'));
    if (!ground) throw new CommandError(`--ground : ${HOLD_GROUNDS.join(', ')}`);
    const holdId = await withContext(io, 'worker', (ctx) => place(ctx, given, ground));
    io.out(holdId);
    io.say('Gelé, et inscrit dans le journal.');
  },
};

async function place(ctx: AppContext, given: Given, ground: HoldGround): Promise<string> {
  const placed = await placeHold(ctx, { target: await targetOf(ctx, given), ground });
  if (!placed.ok) throw new CommandError('C’est déjà gelé.');
  return placed.holdId;
}

async function targetOf(ctx: AppContext, given: Given): Promise<HoldTarget> {
  const [who, mandate, from] = [given.text('person'), given.text('mandate'), given.text('from')];
  if ([who, mandate, from].filter((one) => one !== undefined).length !== 1)
    throw new CommandError('donnez --person, ou --mandate, ou --from');
  if (who !== undefined) return { usagerId: await personMeant(ctx, who) };
  if (mandate !== undefined) return { mandateId: (await mandateMeant(ctx, mandate)).mandateId };
  const [first, last] = [monthMeant(from ?? ''), monthMeant(given.text('to') ?? from ?? '')];
  if (last < first) throw new CommandError('--to est avant --from');
  return { first, last };
}

const lift: Command = {
  name: 'journal lift-hold',
  summary: 'Lève un gel.',
  arguments: ['GEL'],
  async run(given, io) {
    const id = given.argument('GEL').toLowerCase();
    const lifted = isUuid(id) && (await withContext(io, 'worker', (ctx) => liftHold(ctx, id)));
    if (!lifted) throw new CommandError('ce gel n’existe pas, ou il est déjà levé');
    io.say('Levé, et inscrit dans le journal.');
  },
};

const holds: Command = {
  name: 'journal holds',
  summary: 'Les gels en cours : identifiant, ce qui est gelé, motif, date.',
  async run(_given, io) {
    const found = await withContext(io, 'worker', ({ db }) => listHolds(db));
    for (const { id, usagerId, mandateId, first, last, ground, placedAt } of found) {
      const what = usagerId ? `personne ${usagerId}` : mandateId ? `mandat ${mandateId}` : `de ${first} à ${last}`;
      io.out([id, what, ground, inDigits(placedAt)].join('\t'));
    }
  },
};

export const journalEraseCommands: readonly Command[] = [field, person, period, hold, lift, holds];
