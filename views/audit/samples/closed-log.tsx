import { When } from '../../layout/parts.tsx';

/** A log that was closed, under its name, and when. */
export type ClosedLog = { origin: string; at: { iso: string; words: string } };

/** What to know of a sample whose checkpoint is of places that the log that goes on did not keep. */
export function OfClosedLog({ origin, at }: ClosedLog) {
  return (
    <p>
      <strong>Ce tirage appartient à un journal clos</strong>&nbsp;: <code>{origin}</code>, clos le{' '}
      <When iso={at.iso}>{at.words}</When>. Il se refait avec le point de contrôle de ce journal, ci-dessous, et un
      export fait avant cette date&nbsp;: dans le journal d’aujourd’hui, les places ne sont plus toutes les mêmes.
    </p>
  );
}
