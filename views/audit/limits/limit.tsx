import type { Frame } from '#platform/http/frame.ts';
import { Layout } from '../../layout/layout.tsx';
import { Email, Phone, When } from '../../layout/parts.tsx';

export type LimitPageProps = {
  frame: Frame;
  of: 'persons' | 'exports';
  max: number;
  within: 'hour' | 'day';
  until: { iso: string; words: string };
  code: string;
};

const IN = { hour: 'en une heure', day: 'en un jour' };

const WORDS = {
  persons: {
    what: 'personnes cherchées',
    notDone: 'Cette recherche n’est pas faite, et rien n’en est gardé. Vous pourrez chercher une personne de nouveau',
    why: 'Sans limite, essayer une liste de noms suffirait pour savoir qui est derrière chaque masque.',
    meanwhile: [
      'Vous pouvez chercher par structure, par aidant, par mandat ou par période.',
      'Votre contrôle porte sur plus de personnes\u00a0? Ouvrez le dossier de contrôle à un autre auditeur.',
    ],
  },
  exports: {
    what: 'exports',
    notDone: 'Cet export n’est pas fait. Vous pourrez exporter de nouveau',
    why: 'La limite arrête un programme qui sortirait tout le journal. Elle ne gêne pas un contrôle.',
    meanwhile: [
      'Vous pouvez continuer à lire le journal.',
      'Beaucoup d’entrées à exporter\u00a0? Mettez-les dans un seul dossier de contrôle.',
    ],
  },
};

/** A limit stopped this auditor: they are still at work, the rest of the space is open to them. */
export function LimitPage({ frame, of, max, within, until, code }: LimitPageProps) {
  const { what, notDone, why, meanwhile } = WORDS[of];
  return (
    <Layout frame={frame} title="Limite atteinte">
      <h1>
        Limite atteinte&nbsp;: {max}&nbsp;{what} {IN[within]}
      </h1>
      <p className="lead">
        {notDone} à partir du <When iso={until.iso}>{until.words}</When>.
      </p>
      <p>{why}</p>
      <h2>En attendant</h2>
      <ul>
        {meanwhile.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      <p>
        <a href="/auditeur/recherche">Revenir à la recherche</a>
      </p>
      <h2>Besoin d’aide&nbsp;?</h2>
      <p>
        Écrivez à <Email address={frame.operator.email} /> ou appelez le <Phone number={frame.operator.phone} />.
        Référence à donner&nbsp;: <span className="code-text">{frame.requestId}</span>{' '}
        <span className="quiet">(erreur&nbsp;429, {code})</span>
      </p>
    </Layout>
  );
}
