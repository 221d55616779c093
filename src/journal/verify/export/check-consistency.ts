import { sameBytes, utf8Text } from '../bytes.ts';
import { checkNote } from '../check-note.ts';
import type { Checkpoint } from '../checkpoint.ts';
import { forkOf } from '../fork.ts';
import { verifyConsistency } from '../merkle.ts';
import { NO_WITNESS } from '../policy.ts';
import { consistencyRanges } from '../ranges.ts';
import { tilePath } from '../tile-path.ts';
import { hashRange } from '../tiles.ts';
import { reasonOf, strangersIn } from './check-checkpoint.ts';
import { FILES, tilesSince } from './layout.ts';
import { type Check, fail, notChecked, pass, shortened } from './report.ts';
import type { Subject } from './subject.ts';
import { faultOfEnd, successionFrom, successionInWords, type Told } from './succession.ts';
import type { Files } from './sums.ts';

type Old = { note: string; from: string };

/**
 * The tree begins with the tree of an earlier checkpoint: the one the auditor kept and, when the export brings one, that
 * one too. Two trees that contradict each other are evidence: both notes are given whole.
 */
export function checkConsistency(subject: Subject): Check {
  const { files, previous, checkpoint } = subject;
  const joined = files.get(FILES.previous);
  const olds: Old[] = [
    ...(previous === undefined ? [] : [{ note: previous, from: 'celui que vous avez gardé' }]),
    ...(joined ? [{ note: utf8Text(joined) ?? '', from: 'celui qui est joint' }] : []),
  ];
  if (!checkpoint) return notChecked('consistency', 'Sans point de contrôle lisible, rien à comparer.');
  const checks = olds.map((old) => compare(subject, checkpoint, old));
  const failed = checks.find(({ status }) => status === 'fail');
  if (failed) return failed;
  if (previous === undefined) {
    const advice =
      'Donnez avec --previous le point de contrôle que vous aviez gardé\u00a0; gardez celui-ci pour la prochaine fois.';
    return checks.find(({ status }) => status === 'pass')
      ? notChecked('consistency', `Comparé seulement au point de contrôle joint. ${advice}`)
      : notChecked('consistency', `Aucun point de contrôle antérieur n’est comparé. ${advice}`);
  }
  const strangers = strangersIn(subject, [previous]).map(
    (one) => `Dans celui que vous avez gardé, ne compte pas\u00a0: ${one}`,
  );
  const found = checks.find(({ status }) => status === 'not-checked') ?? (checks[0] as Check);
  return { ...found, details: [...found.details, ...shortened(strangers)] };
}

function compare({ files, policy, tools, manifest, entries }: Subject, now: Checkpoint, { note, from }: Old): Check {
  const named = `Le point de contrôle antérieur (${from})`;
  const checked = checkNote(tools, { ...policy, quorum: NO_WITNESS }, note);
  if (!checked.ok) return fail('consistency', `${named} ne tient pas\u00a0: ${reasonOf(checked.fault, checked.key)}.`);
  const { origin, size: oldSize, root: oldRoot } = checked.checkpoint;
  const { size: newSize, root: newRoot } = now;
  const succession = origin === now.origin ? undefined : successionFrom({ entries }, origin, now.origin);
  if (origin !== now.origin && !succession) {
    return fail(
      'consistency',
      `${named} est d’un autre journal\u00a0: ${origin}. Aucune entrée de cet export ne dit qu’il a été clos et que celui-ci lui succède.`,
    );
  }
  const isCosigned = checkNote(tools, policy, note).ok;
  const closed = succession && closedCheck({ named, old: checked.checkpoint, isCosigned }, succession);
  if (closed && 'status' in closed) return closed;
  if (from.includes('joint') && manifest?.previous !== oldSize)
    return fail('consistency', `${named} n’est pas celui du manifeste.`);
  if (oldSize > newSize) {
    return notChecked(
      'consistency',
      `${named} est plus récent (${oldSize}) que l’export (${newSize})\u00a0: demandez un export fait depuis.`,
    );
  }
  if (oldSize === newSize && sameBytes(oldRoot, newRoot)) return pass('consistency', `${named} est le même.`);
  const tiles = tilesSince(oldSize, newSize);
  if (oldSize < newSize && tiles.some((tile) => files.get(tilePath(tile))?.length !== tile.width * 32)) {
    return notChecked(
      'consistency',
      `L’export n’a pas de quoi se comparer à la taille ${oldSize}\u00a0: demandez-le avec --previous, ou avec --from ${oldSize}.`,
    );
  }
  const proof = proofBetween(tools.sha256, files, { oldSize, newSize });
  if (verifyConsistency(tools.sha256, { oldSize, oldRoot, newSize, newRoot, proof })) {
    return pass(
      'consistency',
      `${closed ? `${closed.said} ` : ''}Le journal de taille ${newSize} commence par tout celui de taille ${oldSize}\u00a0: ${from}.`,
    );
  }
  return contradiction({ files, policy, tools }, note, oldSize === newSize);
}

/**
 * What to say of a checkpoint of a log that was closed: words that go before the comparison, as long as its places were kept;
 * else that nothing proves what became of those that were not.
 */
function closedCheck(
  { named, old, isCosigned }: { named: string; old: Checkpoint; isCosigned: boolean },
  { first, kept }: { first: Told; kept: bigint },
): Check | { said: string } {
  const said = successionInWords(first);
  const fault = faultOfEnd(first, old, isCosigned);
  if (fault)
    return fail('consistency', `${said} ${named} le contredit\u00a0: ${fault}. Gardez-le\u00a0: il le prouve.`);
  if (old.size <= kept) return { said };
  return notChecked(
    'consistency',
    `${said} Les places ${kept} à ${old.size - 1n} de ce que vous aviez gardé n’y sont pas reprises\u00a0: RIEN NE PROUVE ICI CE QU’ELLES ` +
      'SONT DEVENUES. Les entrées qui en restaient sont scellées de nouveau, plus loin.',
  );
}

function proofBetween(
  sha256: Subject['tools']['sha256'],
  files: Files,
  { oldSize, newSize }: { oldSize: bigint; newSize: bigint },
): Uint8Array[] {
  const tiles = new Map(tilesSince(oldSize, newSize).map((tile) => [`${tile.level}/${tile.n}`, tilePath(tile)]));
  const tileAt = (level: number, n: bigint) => files.get(tiles.get(`${level}/${n}`) ?? '') ?? new Uint8Array();
  return consistencyRanges(oldSize, newSize).map((range) => hashRange(sha256, range, tileAt));
}

/** Both notes whole: anyone can check them again without this export. */
function contradiction(
  { files, policy, tools }: Pick<Subject, 'files' | 'policy' | 'tools'>,
  old: string,
  sameSize: boolean,
): Check {
  const current = utf8Text(files.get(FILES.checkpoint) ?? new Uint8Array()) ?? '';
  const fork = forkOf(tools, policy, old, current);
  const proven = fork.ok && fork.fork;
  const both =
    proven && proven.cosignedBoth.length > 0 ? [`Ont cosigné les deux\u00a0: ${proven.cosignedBoth.join(', ')}.`] : [];
  const line = sameSize
    ? `FOURCHE\u00a0: ${proven ? 'le journal a signé' : 'il y a'} deux racines pour une même taille. Gardez les deux notes\u00a0: elles suffisent à le prouver.`
    : 'Le journal ne commence pas par ce qu’il avait signé\u00a0: des entrées ont été changées, retirées ou déplacées, ou des tuiles de cet export l’ont été.';
  return {
    name: 'consistency',
    status: 'fail',
    line,
    details: ['Note antérieure\u00a0:', ...old.split('\n'), 'Note de l’export\u00a0:', ...current.split('\n'), ...both],
  };
}
