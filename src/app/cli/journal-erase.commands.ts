import {
  carryErasures,
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
  valuesOf,
} from '#journal';
import { erasePerson, numbersOfMandates } from '#mandate';
import type { AppContext } from '#platform/context.ts';
import { inGroups, isUuid } from '#platform/ids/ids.ts';
import { inDigits } from '#platform/time/paris.ts';
import { events } from '../wiring.ts';
import { type Command, CommandError, type Given, type Io, required } from './command.ts';
import { logMeant, mandateMeant, monthMeant, PERSON_HINT, personMeant } from './journal-meant.ts';
import { withContext, withNode } from './with-context.ts';

const GROUND = { hint: GROUNDS.map((one) => `${one} (${GROUND_WORDS[one]})`).join(' ; '), required: true };
const DONE = 'Fait, et inscrit dans le journal.';
const NOT_CARRIED = {
  unknown: 'JOURNAL_MIRROR n’est pas donné ici',
  'not-a-mirror': 'le dossier de JOURNAL_MIRROR n’est pas un miroir de ce journal',
  'not-written': 'le dossier de JOURNAL_MIRROR ne s’écrit pas d’ici',
} as const;

/** What was erased is in the list of the mirror when the command ends; or it says that it is not yet. */
async function carriedInWords(ctx: AppContext, { env }: Io): Promise<string> {
  const carried = await carryErasures(ctx, env.JOURNAL_MIRROR);
  if (carried.ok) return `${DONE} La liste du miroir (erasures.jsonl) l’a.`;
  return (
    `${DONE}\nATTENTION : la liste du miroir (erasures.jsonl) ne l’a pas encore : ${NOT_CARRIED[carried.reason]}. Un ` +
    '« worker » l’y portera, au plus tard avant que l’entrée soit publiée. D’ici là, ne restaurez aucune sauvegarde : ' +
    'elle ramènerait ce qui vient d’être effacé.'
  );
}

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

/** « Nothing to erase »: because there is no such entry, no such name, or because it is gone already. */
async function nothingInWords(
  { db }: AppContext,
  { entryId, field: name }: { entryId: string; field: string },
): Promise<CommandError> {
  const values = await valuesOf(db, entryId);
  if (!values) return new CommandError('Aucune entrée n’a cet identifiant.');
  const kind = events.find((one) => one.kind === values.kind);
  const isKnown = kind?.committed.includes(name) ?? false;
  const names = kind ? `Ses valeurs : ${kind.committed.join(', ') || 'aucune'}. ` : '';
  const left = `Celles qui s’ouvrent encore : ${values.left.join(', ') || 'aucune'}.`;
  const why = isKnown
    ? `« ${name} » est déjà effacé, ou n’a jamais été donné`
    : `l’entrée n’a pas de valeur « ${name} »`;
  return new CommandError(`${REASONS.nothing.replace('.', '')} : ${why}. ${names}${left}`);
}

const field: Command = {
  name: 'journal erase-field',
  summary: 'Efface une valeur à laquelle une entrée s’est engagée. L’entrée et ses preuves restent.',
  arguments: ['ENTREE'],
  hints: { ENTREE: 'identifiant de l’entrée (un UUID), comme sa page le montre' },
  options: { field: { hint: 'nom de la valeur, comme la page de l’entrée le montre', required: true }, ground: GROUND },
  async run(given, io) {
    const entryId = given.argument('ENTREE').toLowerCase();
    if (!isUuid(entryId)) throw new CommandError('ENTREE est l’identifiant d’une entrée');
    const wanted = { entryId, field: required(given, 'field'), ground: groundOf(given) };
    await withNode(io, 'worker', async (ctx) => {
      const done = await eraseField(ctx, wanted);
      if (!done.ok) throw done.reason === 'nothing' ? await nothingInWords(ctx, wanted) : refusal(done.reason);
      io.say(await carriedInWords(ctx, io));
    });
  },
};

const person: Command = {
  name: 'journal erase-person',
  summary: 'Efface une personne avant son terme : fiche, mandats, preuves, et ce que le journal ouvre d’elle.',
  arguments: ['PERSONNE'],
  hints: { PERSONNE: PERSON_HINT },
  options: { ground: GROUND },
  async run(given, io) {
    const ground = groundOf(given);
    await withNode(io, 'worker', async (ctx) => {
      const done = await erasePerson(ctx, { usagerId: await personMeant(ctx, given.argument('PERSONNE')), ground });
      if (!done.ok) throw refusal(done.reason);
      const { mandates, openings } = done.value;
      io.say(`${mandates} mandat(s), ${openings} valeur(s). ${await carriedInWords(ctx, io)}`);
    });
  },
};

const period: Command = {
  name: 'journal erase-period',
  summary: 'Efface les entrées d’un mois d’un journal. Leurs empreintes et les preuves des autres restent.',
  arguments: ['MOIS'],
  hints: { MOIS: 'année et mois : 2025-10' },
  options: { log: { hint: 'actes ou acces', required: true }, ground: GROUND },
  async run(given, io) {
    const wanted = { log: logMeant(required(given, 'log')), month: monthMeant(given.argument('MOIS')) };
    const ground = groundOf(given);
    await withNode(io, 'worker', async (ctx) => {
      const done = await erasePeriod(ctx, { ...wanted, ground });
      if (!done.ok) throw refusal(done.reason);
      const { entries, openings } = done.value;
      io.say(`${entries} entrée(s), ${openings} valeur(s). ${await carriedInWords(ctx, io)}`);
    });
  },
};

const hold: Command = {
  name: 'journal hold',
  summary: 'Gèle une personne, un mandat ou des mois du journal : ni une commande ni le temps n’en effacent rien.',
  options: {
    person: { hint: PERSON_HINT },
    mandate: { hint: 'numéro du mandat' },
    from: { hint: 'premier mois : 2025-10' },
    to: { hint: 'dernier mois (le premier)' },
    ground: { hint: HOLD_GROUNDS.join(', '), required: true },
  },
  async run(given, io) {
    const ground = HOLD_GROUNDS.find((one) => one === given.text('ground'));
    if (!ground) throw new CommandError(`--ground : ${HOLD_GROUNDS.join(', ')}`);
    const holdId = await withNode(io, 'worker', (ctx) => place(ctx, given, ground));
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
  if (first > ctx.clock.now().toISOString().slice(0, 7))
    throw new CommandError(`--from : rien n’est encore écrit en ${first}`);
  if (last < first) throw new CommandError('--to est avant --from');
  return { first, last };
}

const lift: Command = {
  name: 'journal lift-hold',
  summary: 'Lève un gel.',
  arguments: ['GEL'],
  hints: { GEL: 'identifiant du gel (un UUID) : « journal hold » l’a donné, « journal holds » le montre' },
  async run(given, io) {
    const id = given.argument('GEL').trim().toLowerCase();
    if (!isUuid(id))
      throw new CommandError(`« ${id} » n’est pas l’identifiant d’un gel (un UUID) : « journal holds » les montre`);
    const lifted = await withNode(io, 'worker', (ctx) => liftHold(ctx, id));
    if (!lifted) throw new CommandError('ce gel n’existe pas, ou il est déjà levé');
    io.say('Levé, et inscrit dans le journal.');
  },
};

const holds: Command = {
  name: 'journal holds',
  summary: 'Les gels en cours : identifiant, ce qui est gelé, motif, date.',
  async run(_given, io) {
    await withContext(io, 'worker', async ({ db }) => {
      const found = await listHolds(db);
      const numbers = await numbersOfMandates(
        db,
        found.flatMap(({ mandateId }) => mandateId ?? []),
      );
      for (const { id, usagerId, mandateId, first, last, ground, placedAt } of found) {
        const number = numbers.get(mandateId ?? '');
        const months = first === last ? `mois ${first}` : `de ${first} à ${last}`;
        const mandate = number ? `mandat ${inGroups(number)}` : `mandat ${mandateId} (effacé)`;
        io.out(
          [id, usagerId ? `personne ${usagerId}` : mandateId ? mandate : months, ground, inDigits(placedAt)].join('\t'),
        );
      }
    });
  },
};

export const journalEraseCommands: readonly Command[] = [field, person, period, hold, lift, holds];
