import { addComplaint, assignComplaint, type ComplaintRefusal, listComplaints } from '#audit';
import { inGroups } from '#platform/ids/ids.ts';
import { inDigits } from '#platform/time/paris.ts';
import { type Command, CommandError, type Given, required } from './command.ts';
import { withContext, withNode } from './with-context.ts';

const MOTIVES = { 'jamais-signe': 'never-signed', 'ne-reconnait-pas': 'not-recognised' } as const;
const CHANNELS = { lettre: 'letter', telephone: 'phone', guichet: 'counter' } as const;
const AUDITOR = {
  hint: 'adresse e-mail de l’auditeur qui répondra : l’identité de la personne lui est ouverte',
  required: true,
};

const add: Command = {
  name: 'complaint add',
  summary:
    'Enregistre la réclamation d’une personne sur un mandat, et ouvre son identité à un auditeur, jusqu’à sa réponse.',
  options: {
    mandate: { hint: 'numéro du mandat', required: true },
    motive: { hint: Object.keys(MOTIVES).join(' ou '), required: true },
    channel: { hint: Object.keys(CHANNELS).join(', '), required: true },
    auditor: AUDITOR,
  },
  async run(given, io) {
    const motive = oneOf(given, 'motive', MOTIVES);
    const channel = oneOf(given, 'channel', CHANNELS);
    const added = await withNode(io, 'app', (ctx) =>
      addComplaint(ctx, {
        ...{ motive, channel },
        mandateNumber: required(given, 'mandate'),
        auditorEmail: required(given, 'auditor'),
      }),
    );
    if (!added.ok) throw new CommandError(REFUSALS[added.reason]);
    io.out(added.id);
    io.say('Réclamation enregistrée, et écrite au journal.');
  },
};

const list: Command = {
  name: 'complaint list',
  summary: 'Les réclamations sans réponse : identifiant, mandat, motif, voie, date, auditeur.',
  async run(_given, io) {
    const complaints = await withContext(io, 'app', ({ db }) => listComplaints(db));
    for (const { id, mandateNumber, motive, channel, receivedAt, auditorEmail } of complaints) {
      const words = [wordOf(MOTIVES, motive), wordOf(CHANNELS, channel), inDigits(receivedAt), auditorEmail];
      io.out([id, inGroups(mandateNumber), ...words].join('\t'));
    }
  },
};

const assign: Command = {
  name: 'complaint assign',
  summary:
    'Confie une réclamation sans réponse à un autre auditeur : l’identité de la personne se ferme pour le premier.',
  arguments: ['RECLAMATION'],
  options: { auditor: AUDITOR },
  async run(given, io) {
    const auditorEmail = required(given, 'auditor');
    const outcome = await withNode(io, 'app', (ctx) =>
      assignComplaint(ctx, { complaintId: given.argument('RECLAMATION').trim().toLowerCase(), auditorEmail }),
    );
    if (!outcome.ok) throw new CommandError(REFUSALS[outcome.reason]);
    io.say(outcome.changed ? 'Fait, et inscrit dans le journal.' : 'C’était déjà le cas : rien n’a changé.');
  },
};

const REFUSALS: Record<ComplaintRefusal | 'not-open', string> = {
  'unknown-mandate': '--mandate : aucun mandat n’a ce numéro : il est mal écrit, ou le mandat a été effacé',
  'unknown-auditor': '--auditor : aucun auditeur n’a cette adresse',
  'closed-account': '--auditor : ce compte est désactivé',
  'out-of-scope': '--auditor : cet auditeur ne voit pas le département de ce mandat',
  'already-open': 'une réclamation sur ce mandat attend déjà sa réponse : « complaint list »',
  'not-open': 'aucune réclamation sans réponse n’a cet identifiant : « complaint list »',
};

function oneOf<Value extends string>(given: Given, option: string, words: Readonly<Record<string, Value>>): Value {
  const typed = required(given, option);
  const value = Object.hasOwn(words, typed) ? words[typed] : undefined;
  if (!value) throw new CommandError(`--${option} : ${Object.keys(words).join(', ')}`);
  return value;
}

function wordOf(words: Readonly<Record<string, string>>, value: string): string {
  return Object.entries(words).find(([, one]) => one === value)?.[0] ?? value;
}

export const complaintCommands: readonly Command[] = [add, list, assign];
