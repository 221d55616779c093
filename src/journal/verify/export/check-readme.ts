import { utf8Text } from '../bytes.ts';
import { FILES } from './layout.ts';
import { earlierReadmeTexts, readmeText, TIMESTAMPS_TEXT } from './readme.ts';
import { type Check, fail, notChecked, pass } from './report.ts';
import type { Subject } from './subject.ts';

/** What people read is what the manifest gives, to the byte: nobody can make it say something else. */
export function checkReadme({ files, manifest }: Subject): Check {
  if (!manifest) return notChecked('readme', 'Sans manifeste, on ne sait pas ce que README.txt doit dire.');
  const known: readonly [path: string, texts: readonly string[]][] = [
    [FILES.readme, [readmeText(manifest), ...earlierReadmeTexts(manifest)]],
    [FILES.timestamps, [TIMESTAMPS_TEXT]],
  ];
  const wrong = known.filter(([path, texts]) => !texts.includes(utf8Text(files.get(path) ?? new Uint8Array()) ?? ''));
  if (wrong.length === 0)
    return pass('readme', 'README.txt et timestamps/README.txt disent ce que dit le manifeste, à l’octet près.');
  return fail(
    'readme',
    'Ce que l’export dit aux personnes n’est pas ce que dit son manifeste.',
    wrong.map(([path]) => `${path}\u00a0: n’est pas le texte que ce programme connaît.`),
  );
}
