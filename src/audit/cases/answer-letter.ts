import type { AppContext } from '#platform/context.ts';
import { inGroups } from '#platform/ids/ids.ts';
import { dayInWords, inWords } from '#platform/time/paris.ts';
import type { AnswerLetter } from '#views/audit/cases/answer.tsx';
import type { Complaint, ComplaintChannel } from '../complaint/complaint.queries.ts';
import { SAYS } from '../complaint/complaint.words.ts';
import type { Connection } from '../mandate-file/life.rules.ts';
import { paperInWords, personOf, takenOverInWords, themesInWords } from '../mandate-file/mandate-file-words.ts';
import type { MandateFile } from '../mandate-file/open-mandate-file.ts';
import type { Decision } from './case.rules.ts';

const ASKED: Readonly<Record<ComplaintChannel, string>> = {
  letter: 'Vous nous avez écrit',
  phone: 'Vous nous avez appelés',
  counter: 'Vous nous l’avez dit à un guichet',
};

const ANSWERS: Partial<Record<Decision, string>> = {
  'mandate-supported':
    'Ce qui est gardé confirme ce mandat. Nous n’avons rien trouvé qui montre que quelqu’un d’autre l’a donné à votre place.',
  'mandate-doubtful': 'Ce qui est gardé fait douter de ce mandat. Nous ne pouvons pas dire que vous l’avez donné.',
  undecided: 'Ce qui est gardé ne nous permet pas de dire si vous avez donné ce mandat, ou non.',
};

export type LetterFacts = {
  complaint: Complaint;
  decision: Decision;
  reasons: string;
  auditor: string;
  now: Date;
};

/** The letter, from the file of the mandate and from what a person decided. */
export function answerLetter(ctx: AppContext, file: MandateFile, facts: LetterFacts): AnswerLetter {
  const { complaint, decision, reasons, auditor, now } = facts;
  const { operator } = ctx.config;
  return {
    to: file.identity && file.snapshot ? personOf(ctx, file) : null,
    operator: { name: operator.name, address: operator.address, email: operator.email, phone: operator.phone },
    today: dayInWords(now),
    asked: `${ASKED[complaint.channel]} le ${inWords(complaint.receivedAt)}.`,
    says: SAYS[complaint.motive],
    structure: file.snapshot?.organisation.name ?? file.mandate.structure,
    number: inGroups(file.mandate.number),
    known: knownOf(file, now),
    connections: file.connections.filter(({ outcome }) => outcome === 'identity-given').map(connectionInWords),
    unknown: unknownOf(file),
    answer: ANSWERS[decision] ?? '',
    reasons,
    next: nextSteps(ctx, file, now),
    auditor,
  };
}

function knownOf(file: MandateFile, now: Date): string[] {
  const { consent, conclusion, copy, snapshot, end, connections } = file;
  const signedAt = consent?.holds ? consent.identification?.signedAt : null;
  const takenOver = takenOverInWords(conclusion);
  const provider = consent?.identification?.provider;
  const account = provider ? `, par le compte «\u00a0${provider}\u00a0»` : '';
  return [
    signedAt
      ? `Le ${inWords(signedAt)}, FranceConnect a signé que quelqu’un s’est identifié${account}${account ? ',' : ''} avec vos noms, votre date et votre lieu de naissance.`
      : 'Nous ne pouvons pas vérifier qui s’est identifié avec FranceConnect.',
    ...(copy.text.verdict === 'pass'
      ? ['Cette identification est liée à un texte précis. Nous joignons ce texte.']
      : []),
    ...(conclusion
      ? [
          `Ce texte autorise la structure pour\u00a0: ${themesInWords(conclusion.themes).join('\u00a0; ')}.`,
          `Le mandat a commencé le ${inWords(conclusion.startsAt)}. ${endInLetter(file, now)}`,
          ...(takenOver ? [takenOver] : []),
        ]
      : []),
    ...(snapshot ? [`L’aidant qui l’a accepté est ${snapshot.aidant.firstName} ${snapshot.aidant.lastName}.`] : []),
    paperInWords(file.paper),
    ...(connections.length === 0 ? ['Nous n’avons noté aucune connexion en votre nom avec ce mandat.'] : []),
    end
      ? `Le mandat est terminé depuis le ${inWords(end.endedAt)}.`
      : 'Nous n’avons pas noté que ce mandat est arrêté.',
  ];
}

/** Until when, whether or not that is over. */
function endInLetter({ conclusion, end }: MandateFile, now: Date): string {
  if (!conclusion) return '';
  const until = inWords(conclusion.endsAt);
  if (end) return `Il devait finir le ${until}.`;
  return conclusion.endsAt > now ? `Il finira le ${until}, s’il n’est pas arrêté avant.` : `Il a fini le ${until}.`;
}

/** The limits of the evidence (`proof.rules.ts`), said to the person. */
function unknownOf({ connections }: MandateFile): string[] {
  return [
    'Si on vous a vraiment montré le texte. L’aidant et notre service le disent. Nous ne pouvons pas le prouver.',
    'Si vous l’avez compris, et si vous étiez libre de dire non.',
    'Qui a tapé le mot de passe, ni quand. FranceConnect dit quel compte a servi, pas qui était devant l’écran. Si vous étiez déjà identifié sur l’ordinateur, cela a pu suffire.',
    ...(connections.length > 0
      ? [
          'Ce qui a été fait sur les sites. Nous voyons qu’il y a eu une connexion. Nous ne voyons pas les démarches.',
          'Si un autre site a été ouvert. C’est possible pendant 30\u00a0minutes après une connexion.',
        ]
      : []),
    'Ce qui a été fait en votre nom par téléphone ou par courrier.',
  ];
}

function connectionInWords({ at, theme, site }: Connection): string {
  const about = theme ? ` Thème\u00a0: ${themesInWords([theme])[0]}.` : '';
  return `Le ${inWords(at)}.${about} Site, d’après l’aidant\u00a0: ${site ?? 'inconnu'}.`;
}

/** The ways to stop are those that the person was told; the others are everybody's. */
function nextSteps({ config }: AppContext, { end, conclusion, snapshot }: MandateFile, now: Date): string[] {
  const inForce = !end && (!conclusion || conclusion.endsAt > now);
  const { operator, publicUrl } = config;
  const phone = snapshot?.organisation.phone;
  return [
    ...(inForce
      ? [
          `Arrêter le mandat tout de suite, sans dire pourquoi\u00a0: ${phone ? `appelez la structure au ${phone}, ou ` : ''}allez sur ${new URL(publicUrl).host}/revoquer avec le code d’arrêt de votre papier.`,
        ]
      : []),
    'Changer le mot de passe du compte que vous utilisez avec FranceConnect, si vous pensez que quelqu’un d’autre le connaît.',
    'Porter plainte à la police ou à la gendarmerie, si quelqu’un s’est fait passer pour vous. Montrez cette lettre.',
    `Demander tout ce qui est gardé sur vous, ou une correction\u00a0: ${operator.email}, ${operator.phone}.`,
    'Écrire à la CNIL ou au Défenseur des droits, si cette réponse ne vous convient pas. C’est gratuit.',
    'Demander à un juge de dire que ce mandat ne compte pas. Un point-justice ou un avocat peut vous expliquer comment.',
  ];
}
