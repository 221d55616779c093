import { type LogName, nodeCrypto, policyText } from '#journal';
import { type CheckFault, checkNote, NO_WITNESS, parseOrigin, parsePolicy } from '#journal/verify';
import type { AppContext } from '#platform/context.ts';
import { sha256 } from '#platform/crypto/hashes.ts';

/** A checkpoint as it was pasted, valid under the published policy; absent when the field was left empty. */
export type Kept = { ok: true; note: string | undefined } | { ok: false; message: string };

/**
 * Reads the checkpoint that an auditor kept of this log, pasted from its file: with the line ends of a browser and spaces around it.
 * A log of the policy must have signed it, as the verifier asks of it. The message is in French.
 */
export async function readKeptCheckpoint(
  ctx: Pick<AppContext, 'db' | 'config'>,
  log: LogName,
  typed: string,
): Promise<Kept> {
  const text = typed.replaceAll('\r', '').trim();
  if (text === '') return { ok: true, note: undefined };
  const note = `${text}\n`;
  const policy = parsePolicy(await policyText(ctx), sha256);
  if (!policy.ok) return { ok: false, message: UNREADABLE_POLICY };
  const checked = checkNote(nodeCrypto, { ...policy.policy, quorum: NO_WITNESS }, note);
  if (!checked.ok) return { ok: false, message: faultInWords(checked.fault, checked.key) };
  const said = parseOrigin(checked.checkpoint.origin)?.log;
  if (said === log) return { ok: true, note };
  return {
    ok: false,
    message: `Ce point de contrôle est celui du journal «\u00a0${said ?? checked.checkpoint.origin}\u00a0». Collez celui du journal «\u00a0${log}\u00a0».`,
  };
}

const UNREADABLE_POLICY = 'La politique publiée ne se lit pas\u00a0: rien ne peut être comparé. Prévenez l’exploitant.';

function faultInWords(fault: CheckFault, key = ''): string {
  if (fault === 'bad-signature')
    return `La signature de «\u00a0${key}\u00a0» est fausse\u00a0: ce texte a été changé depuis qu’il a été signé.`;
  if (fault === 'no-log-signature')
    return 'Aucune clé publiée de nos journaux n’a signé ce point de contrôle. Il est d’un autre service, ou il a été changé.';
  return 'Ce texte n’est pas un point de contrôle entier. Collez tout le fichier, de la première ligne jusqu’à la dernière signature, sans rien changer.';
}

/** What is said beside the field when it is more recent than what is published (`ExportRefused`, bad-previous). */
export const TOO_RECENT =
  'Ce point de contrôle est plus récent que le dernier publié ici. Si vous l’avez bien eu de nous, le journal est revenu en arrière\u00a0: gardez-le et prévenez l’exploitant.';
