import type { Snapshot } from '#consent';
import { CopyableNumber } from '../../layout/parts.tsx';
import { Checks, Signatures } from './mandate-v1-end.tsx';
import { Channels, Data, Duties, Ends, Statements } from './mandate-v1-rules.tsx';

export type DocumentCopy = 'structure' | 'usager';

export type MandateV1Props = {
  snapshot: Snapshot;
  copy: DocumentCopy;
  /** On the person's copy only. */
  stopCode: string | null;
  /** Dates with day and hour, names as they are said. */
  words: {
    person: string;
    birthdate: string;
    startsAt: string;
    endsAt: string;
    replaced: readonly { theme: string; number: string; endsAt: string }[];
  };
  /** The address of the public check, as an image. */
  qr: string;
};

/**
 * The document of a mandate, snapshots of version 1: two sides of A4, in the first person. Sources: C. civ. 1984 (acceptance),
 * 1986 (free), 1989 (nothing beyond), 1993 (account), 1994 (no substitute), 1998 (the person is bound), 2003–2009 (ends).
 * A mandate concluded with these words keeps them: another wording is another version.
 */
export function MandateV1(props: MandateV1Props) {
  const { snapshot, copy, words, qr } = props;
  return (
    <article className="mandate-document" aria-labelledby={`titre-${copy}`}>
      <header className="mandate-document__head">
        <div>
          <h2 id={`titre-${copy}`} className="mandate-document__title">
            Mandat pour faire des démarches en mon nom
          </h2>
          <p>
            Numéro <CopyableNumber number={snapshot.number} />
          </p>
          <p>{copy === 'usager' ? 'Exemplaire de la personne' : 'Exemplaire de la structure'}</p>
        </div>
        <img
          className="mandate-document__qr"
          src={qr}
          alt={`Code QR\u00a0: mène à la vérification du mandat, ${snapshot.addresses.verify}`}
        />
      </header>
      <Parties {...props} />
      <Themes snapshot={snapshot} />
      <section>
        <h3>Jusqu’à quand</h3>
        <p>
          Ce mandat commence le {words.startsAt}. Il prend fin le <strong>{words.endsAt}</strong>. Durée&nbsp;:{' '}
          {snapshot.durationWords}.
        </p>
        <Replaced replaced={words.replaced} />
      </section>
      <Channels channels={snapshot.channels} />
      <Statements snapshot={snapshot} />
      <Duties />
      <Ends snapshot={snapshot} />
      <Data operator={snapshot.operator} />
      <Checks {...props} />
      <Signatures {...props} />
    </article>
  );
}

const BORN: Record<string, string> = { female: 'née', male: 'né' };

function Parties({ snapshot: { usager, organisation, aidant }, words }: MandateV1Props) {
  return (
    <section>
      <h3>Qui donne, qui reçoit</h3>
      <p>
        Je suis <strong>{words.person}</strong>, {BORN[usager.gender] ?? 'né(e)'} le {words.birthdate}. C’est moi qui
        donne ce mandat (le mandant).
      </p>
      <p>
        J’autorise la structure <strong>{organisation.name}</strong>, {organisation.address}, {organisation.zipCode}{' '}
        {organisation.city} (SIRET {organisation.siret}, téléphone{' '}
        <span className="unbroken">{organisation.phone}),</span> à faire des démarches en mon nom et pour mon compte (le
        mandataire). Tous ses aidants habilités peuvent m’aider. Personne d’autre ne peut utiliser ce mandat. Pour la
        structure, {aidant.firstName} {aidant.lastName} l’a accepté.
      </p>
    </section>
  );
}

function Themes({ snapshot: { themes, warnings } }: Pick<MandateV1Props, 'snapshot'>) {
  return (
    <section>
      <h3>Pour quelles démarches</h3>
      <ul>
        {themes.map(({ key, title, description }) => (
          <li key={key}>
            <strong>{title}</strong>&nbsp;: {description}
          </li>
        ))}
      </ul>
      <p>Pour tout le reste, je n’autorise rien.</p>
      {warnings.includes('over-indebtedness') && (
        <p>
          Surendettement&nbsp;: on peut m’aider, mais je dois signer ma déclaration moi-même. Sinon, elle est refusée.
        </p>
      )}
    </section>
  );
}

function Replaced({ replaced }: Pick<MandateV1Props['words'], 'replaced'>) {
  if (replaced.length === 0) return null;
  const mandates = [...new Map(replaced.map((one) => [one.number, one])).values()];
  return (
    <p>
      Il remplace{' '}
      {mandates.map(({ number, endsAt }, index) => (
        <span key={number}>
          {index > 0 && ', et '}
          le mandat <CopyableNumber number={number} /> (qui devait finir le {endsAt}) pour&nbsp;:{' '}
          {replaced
            .filter((one) => one.number === number)
            .map(({ theme }) => theme)
            .join('\u00a0; ')}
        </span>
      ))}
      .
    </p>
  );
}
