import { Notice } from '../../layout/parts.tsx';

/** What every page of a mandate in preparation says of it. */
export type DraftHeader = {
  id: string;
  /** The structure the mandate is prepared for. */
  structure: string;
  /** The aidant has switched to another structure meanwhile: the mandate has not. */
  elsewhere: boolean;
  /** When the preparation is forgotten, day and hour. */
  expires: string;
  paths: {
    themes: string;
    agreement: string;
    withoutFranceconnect: string;
    session: string;
    closeSession: string;
    verification: string;
    abandon: string;
  };
};

/** Where the page stands in the three steps, and for whom the mandate is prepared when that is not the structure above. */
export function DraftTop({ draft, step }: { draft: DraftHeader; step?: 1 | 2 | 3 | undefined }) {
  return (
    <>
      {draft.elsewhere && (
        <Notice severity="warning" title={`Ce mandat est préparé pour ${draft.structure}`}>
          <p>
            Vous avez changé de structure depuis. Ce mandat reste celui de {draft.structure}. Pour une autre structure,
            commencez un nouveau mandat.
          </p>
        </Notice>
      )}
      {step && <p className="quiet">Nouveau mandat, étape {step} sur 3</p>}
    </>
  );
}

/** Ways out that every page of a preparation has. */
export function DraftExits({ draft, without = true }: { draft: DraftHeader; without?: boolean | undefined }) {
  return (
    <p className="quiet">
      Vous pouvez quitter cette page et revenir&nbsp;: la préparation est gardée jusqu’au {draft.expires}, dans «&nbsp;
      <a href="/mandats/nouveau">Nouveau mandat</a>&nbsp;».{' '}
      {without && (
        <>
          <a href={draft.paths.withoutFranceconnect}>La personne ne peut pas utiliser FranceConnect</a>.{' '}
        </>
      )}
      <a href={draft.paths.abandon}>Abandonner cette préparation</a>.
    </p>
  );
}
