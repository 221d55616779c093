import type { Frame } from '#platform/http/frame.ts';
import { Layout } from '../../layout/layout.tsx';
import { UsagerLayout } from '../../layout/usager-layout.tsx';
import type { DraftHeader } from './draft-header.tsx';

export type DraftEndProps = {
  frame: Frame;
  draft: DraftHeader;
  end: 'declined' | 'minor' | 'abandoned' | 'expired' | 'concluded-elsewhere';
};

/** A preparation that leads nowhere any more: why, and what can be done. */
export function DraftEnd({ frame, draft, end }: DraftEndProps) {
  if (end === 'declined') return <Declined frame={frame} draft={draft} />;
  const { title, sentences } = ENDS[end](draft);
  return (
    <Layout frame={frame} title={title}>
      <h1>{title}</h1>
      {sentences.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      <div className="actions">
        {end === 'concluded-elsewhere' ? (
          <a className="fr-btn" href="/structure">
            Changer de structure
          </a>
        ) : (
          <a className="fr-btn" href="/mandats/nouveau">
            Commencer un nouveau mandat
          </a>
        )}
        <a href="/mandats">Mes mandats</a>
      </div>
    </Layout>
  );
}

/** Still in front of the usager: their no is heard, calmly, in their own size of letters. */
function Declined({ frame, draft }: { frame: Frame; draft: DraftHeader }) {
  const title = 'Vous avez dit non';
  const back = (
    <p>
      Pour l’aidant&nbsp;: <a href="/mandats">revenir à mes mandats</a>
    </p>
  );
  return (
    <UsagerLayout frame={frame} title={title} giveBack={back}>
      <h1>{title}</h1>
      <p>C’est noté. Vous n’avez rien autorisé de nouveau à la structure {draft.structure}.</p>
      <p>Vous n’avez pas à dire pourquoi. Vos droits restent les mêmes.</p>
      <p>Si vous aviez déjà donné un mandat à cette structure, il continue. Vous pouvez l’arrêter quand vous voulez.</p>
      <p>Si vous changez d’avis, demandez à recommencer, aujourd’hui ou un autre jour.</p>
    </UsagerLayout>
  );
}

const ENDS: Readonly<
  Record<
    Exclude<DraftEndProps['end'], 'declined'>,
    (draft: DraftHeader) => { title: string; sentences: readonly string[] }
  >
> = {
  minor: () => ({
    title: 'Cette préparation est terminée',
    sentences: ['La personne a moins de 18\u00a0ans\u00a0: elle ne peut pas encore donner un mandat seule.'],
  }),
  abandoned: () => ({
    title: 'Cette préparation est abandonnée',
    sentences: ['Aucun mandat n’a été enregistré, et rien n’est gardé de la personne.'],
  }),
  expired: ({ expires }) => ({
    title: 'Cette préparation est trop ancienne',
    sentences: [
      `Elle était gardée jusqu’au ${expires}. Aucun mandat n’a été enregistré, et ce que FranceConnect avait dit de la personne est effacé.`,
      'Pour continuer, commencez un nouveau mandat\u00a0: choisissez à nouveau les thèmes et la durée, et la personne s’identifiera à nouveau.',
    ],
  }),
  'concluded-elsewhere': ({ structure }) => ({
    title: 'Le mandat est enregistré',
    sentences: [
      `Il commence maintenant. C’est un mandat de ${structure}, et vous agissez en ce moment pour une autre structure.`,
      `Pour imprimer le mandat et le faire signer, revenez dans ${structure}, puis ouvrez «\u00a0Mes mandats\u00a0».`,
    ],
  }),
};
