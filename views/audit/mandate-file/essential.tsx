import { SummaryList, ThemeTags } from '../../layout/parts.tsx';
import type { MandateFileView } from './mandate-file.tsx';

/** Who, how, by whom, until when: one line each. */
export function Essential({ file }: { file: MandateFileView }) {
  const { person } = file;
  return (
    <section aria-labelledby="essentiel">
      <h2 id="essentiel">L’essentiel</h2>
      <SummaryList
        rows={[
          {
            term: 'Pour qui',
            value: person.label,
            ...(person.ask && {
              action: (
                <a className="screen-only" href={person.ask.href}>
                  {person.ask.label}
                </a>
              ),
            }),
          },
          { term: 'Qui s’est identifié', value: file.identified },
          { term: 'Sur quel appareil', value: file.device },
          { term: 'Accepté par', value: file.acceptedBy },
          { term: 'Thèmes', value: <ThemeTags themes={file.themes} /> },
          { term: 'Commence', value: file.starts ? `Le ${file.starts}` : 'Le journal ne le dit pas.' },
          {
            term: 'Fin prévue',
            value: file.ends ? `Le ${file.ends}${file.duration ? `, durée\u00a0: ${file.duration}` : ''}` : '–',
          },
          { term: 'Papier', value: file.paper },
          { term: 'Fin', value: file.end ?? 'Aucune fin n’est écrite au journal.' },
          { term: 'Compteur', value: <strong>{file.counter.text}</strong> },
        ]}
      />
    </section>
  );
}
