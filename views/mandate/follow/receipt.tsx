import type { Frame } from '#platform/http/frame.ts';
import { Layout } from '../../layout/layout.tsx';
import { BackLink, CopyableNumber, PrintButton } from '../../layout/parts.tsx';

export type ReceiptProps = {
  frame: Frame;
  usagerHref: string;
  /** The person asked; the structure renounced; the structure learnt that the mandate could not go on. */
  cause: 'asked' | 'renounced' | 'learnt' | 'other';
  byCode: boolean;
  /** The title of the one theme that ended; null for the whole mandate. */
  theme: string | null;
  person: { name: string; gender: string; birthdate: string };
  structure: { name: string; city: string; address: string };
  number: string;
  startedAt: string;
  endedAt: string;
  knownAt: string | null;
  endedBy: string | null;
};

export function ReceiptPage(props: ReceiptProps) {
  const { frame, person, theme, cause } = props;
  const title = theme ? 'Ce thème est terminé' : 'Ce mandat est terminé';
  return (
    <Layout frame={frame} title={`${title}${theme ? `\u00a0: ${theme}` : ''}, ${person.name}`}>
      <div className="screen-only">
        <BackLink href={props.usagerHref}>{person.name}</BackLink>
        <h1>{title}</h1>
        <p className="lead">
          {theme ? `L’autorisation «\u00a0${theme}\u00a0»` : 'Le mandat'} ne peut plus être utilisé
          {theme && 'e'} depuis le {props.endedAt}.
        </p>
        <p>
          {cause === 'asked'
            ? 'Vous pouvez imprimer cette attestation en deux exemplaires, la signer avec la personne, et lui en remettre un. La fin compte déjà, même sans papier.'
            : 'Vous pouvez imprimer cette attestation pour vos dossiers et pour la personne.'}
        </p>
        <div className="actions">
          <PrintButton />
          <a href={props.usagerHref}>Retour à la personne</a>
        </div>
      </div>
      <article className="mandate-document" aria-labelledby="attestation">
        <h2 id="attestation" className="mandate-document__title">
          {headline(props)}
        </h2>
        {cause === 'asked' ? <ByPerson {...props} /> : <ByStructure {...props} />}
        <p>Ce qui a déjà été fait dans les limites du mandat reste fait.</p>
        <Signatures {...props} />
      </article>
    </Layout>
  );
}

function headline({ cause, theme }: ReceiptProps): string {
  if (cause === 'asked') return theme ? 'Révocation d’une autorisation' : 'Révocation d’un mandat';
  return theme ? 'Fin d’une autorisation' : 'Fin d’un mandat';
}

const BORN: Record<string, string> = { female: 'née', male: 'né' };

function ByPerson({ person, structure, number, startedAt, endedAt, knownAt, theme, byCode }: ReceiptProps) {
  return (
    <>
      <p>
        Je suis <strong>{person.name}</strong>, {BORN[person.gender] ?? 'né(e)'} le {person.birthdate}.
      </p>
      <p>
        Le {startedAt}, j’ai donné à la structure <strong>{structure.name}</strong>, {structure.address}, le mandat{' '}
        <CopyableNumber number={number} />.
      </p>
      <p>
        {byCode ? 'J’ai arrêté ce mandat moi-même, avec mon code d’arrêt.' : asked(theme)} {theme ? 'Elle' : 'Il'} est{' '}
        {theme ? 'terminée' : 'terminé'} depuis le <strong>{endedAt}</strong>.
        {knownAt && ` La structure savait depuis le ${knownAt} que je le voulais.`}
      </p>
      {!theme && (
        <p>Je peux demander à la structure de me rendre son exemplaire du mandat (code civil, article 2004).</p>
      )}
    </>
  );
}

function asked(theme: string | null): string {
  return theme
    ? `Je ne veux plus que la structure agisse en mon nom pour le thème «\u00a0${theme}\u00a0». Je révoque cette autorisation. Les autres thèmes continuent.`
    : 'Je ne veux plus que la structure agisse en mon nom. Je révoque ce mandat.';
}

function ByStructure({ person, structure, number, startedAt, endedAt, knownAt, theme, cause }: ReceiptProps) {
  return (
    <>
      <p>
        Le {startedAt}, <strong>{person.name}</strong>, {BORN[person.gender] ?? 'né(e)'} le {person.birthdate}, a donné
        à la structure <strong>{structure.name}</strong>, {structure.address}, le mandat{' '}
        <CopyableNumber number={number} />.
      </p>
      <p>
        {cause === 'renounced'
          ? `La structure renonce à ${theme ? `l’autorisation pour le thème «\u00a0${theme}\u00a0»` : 'ce mandat'} et en prévient la personne (code civil, article 2007).`
          : 'La structure a appris que ce mandat ne pouvait plus continuer (code civil, article 2003).'}{' '}
        {theme ? 'Elle est terminée' : 'Il est terminé'} depuis le <strong>{endedAt}</strong>.
        {knownAt && ` La structure le savait depuis le ${knownAt}.`}
      </p>
    </>
  );
}

function Signatures({ cause, byCode, person, structure, endedBy }: ReceiptProps) {
  return (
    <section className="mandate-document__signing keep-together">
      <p>Fait à {structure.city || '____________________'}, le ____________________.</p>
      <div className="mandate-document__boxes">
        {cause === 'asked' && !byCode && (
          <div>
            <strong>La personne</strong>
            <br />
            {person.name}
          </div>
        )}
        <div>
          <strong>Pour la structure</strong>
          <br />
          {endedBy ?? structure.name}
        </div>
      </div>
    </section>
  );
}
