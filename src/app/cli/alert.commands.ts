import { knownRules, type Switched, switchRule } from '#audit';
import { type Command, CommandError, type Given, type Io, required } from './command.ts';
import { withContext, withNode } from './with-context.ts';

const LONGEST = 300;
const REASON = { hint: 'pourquoi, en une ligne, sans nommer personne : la page des règles la montre', required: true };

const list: Command = {
  name: 'alerts list',
  summary: 'Les règles de contrôle : code, état, titre.',
  async run(_given, io) {
    const rules = await withContext(io, 'app', ({ db }) => knownRules(db));
    for (const { code, active, title } of rules) io.out([code, active ? 'en service' : 'éteinte', title].join('\t'));
  },
};

const enable: Command = {
  name: 'alerts enable',
  summary: 'Met une règle de contrôle en service. Elle ne regarde rien de ce qui précède.',
  arguments: ['CODE'],
  options: {
    reason: REASON,
    'impact-assessment': {
      hint: 'référence de l’étude d’impact, pour les règles qui regardent la façon de travailler',
    },
  },
  async run(given, io) {
    const typed = given.text('impact-assessment');
    const impactAssessment = typed === undefined ? undefined : lineOf(typed, '--impact-assessment');
    await apply(given, io, { active: true, impactAssessment });
  },
};

const disable: Command = {
  name: 'alerts disable',
  summary: 'Éteint une règle de contrôle. Les alertes déjà levées restent à examiner.',
  arguments: ['CODE'],
  options: { reason: REASON },
  run: (given, io) => apply(given, io, { active: false }),
};

async function apply(
  given: Given,
  io: Io,
  asked: { active: boolean; impactAssessment?: string | undefined },
): Promise<void> {
  const code = given.argument('CODE').trim().toUpperCase();
  const reason = lineOf(required(given, 'reason'), '--reason');
  const switched = await withNode(io, 'app', (ctx) => switchRule(ctx, { code, reason, ...asked }));
  if (!switched.ok) throw new CommandError(REFUSALS[switched.reason]);
  io.say(switched.changed ? 'Fait, et inscrit dans le journal.' : 'C’était déjà le cas : rien n’a changé.');
}

const REFUSALS: Record<(Switched & { ok: false })['reason'], string> = {
  'unknown-rule': 'aucune règle n’a ce code : « alerts list »',
  'assessment-needed':
    'cette règle regarde la façon de travailler : donnez --impact-assessment, la référence de l’étude d’impact',
};

/** One line that can be shown. */
function lineOf(typed: string, option: string): string {
  const text = typed.normalize('NFC').replace(/\s+/g, ' ').trim();
  if (text === '' || text.length > LONGEST || /[\p{Cc}\p{Cf}]/u.test(text))
    throw new CommandError(`${option} : une ligne, de 1 à ${LONGEST} signes`);
  return text;
}

export const alertCommands: readonly Command[] = [list, enable, disable];
