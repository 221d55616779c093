import type { ArchiveFault, FaultOfArchive } from './read-archive.ts';
import { CHECK_NAMES, type Check, fail, notChecked, pass } from './report.ts';

/** How the files of an export came, and what of it could not be read as an export's. */
export type Received = { as: 'zip' | 'folder'; faults: readonly ArchiveFault[] };

const WORDS: Readonly<Record<FaultOfArchive, string>> = {
  truncated: 'l’archive est coupée',
  'another-zip': 'ce n’est pas écrit comme le service l’écrit (refait avec un autre outil, ou changé)',
  'another-header': 'son en-tête n’est pas ce qu’en dit la table de l’archive',
  'too-many-files': 'il y a trop de fichiers',
  'bad-name': 'ce nom n’est celui d’aucun fichier d’un export',
  'duplicate-name': 'ce nom de fichier est là deux fois',
  'too-large': 'sa taille est plus grande que celle d’aucun fichier d’un export',
  damaged: 'ce fichier est abîmé',
  'not-plain': 'ce n’est pas un fichier ordinaire',
};

/** An archive is as the service writes them, so that nothing reads two things in it; a folder has plain files alone. */
export function checkArchive({ as, faults }: Received, files: number): Check {
  if (faults.length > 0) {
    const told = faults.map(
      ({ what, path }) => `${path === undefined ? '' : `${path.slice(0, MOST_OF_NAME)}\u00a0: `}${WORDS[what]}.`,
    );
    if (as === 'folder') return fail('archive', 'Le dossier n’est pas celui où un export a été déballé.', told);
    const advice = files === 0 ? OTHERWISE : 'Les autres contrôles portent sur ce qui a pu en être lu.';
    return fail('archive', `L’archive ZIP n’est pas celle que le service a écrite. ${advice}`, told);
  }
  if (as === 'folder') return pass('archive', 'Un dossier est donné\u00a0: tous ses fichiers se lisent.');
  return pass('archive', 'L’archive ZIP est écrite comme le service les écrit.');
}

/** In characters: of names that no export has. */
const MOST_OF_NAME = 200;

const OTHERWISE =
  'Si vous l’avez refaite avec un autre outil, ou si c’est le fichier d’un dossier de contrôle, déballez-la\u00a0: le programme prend' +
  ' aussi le dossier où un export est déballé, et chaque export d’un dossier de contrôle se vérifie à part.';

/** Of an export of which nothing could be read. */
export const nothingRead = (): Check[] =>
  CHECK_NAMES.filter((name) => name !== 'archive').map((name) => notChecked(name, 'Rien n’a pu être lu.'));
