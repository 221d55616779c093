import type { Frame } from '#platform/http/frame.ts';
import { Form, Submit } from '../layout/form.tsx';
import { Notice } from '../layout/parts.tsx';

/** The request of a site, as every page that answers it shows it. */
export type RequestView = {
  /** Titles of the themes that the site limits the connection to; null when it does not. */
  perimeter: readonly string[] | null;
  paths: { people: string; cancel: string };
};

/** What is asked, by whom, and that another person may still be connected in this browser. */
export function RequestHead({ frame, request }: { frame: Frame; request: RequestView }) {
  const acting = frame.person?.acting;
  return (
    <>
      {acting && (
        <Notice severity="warning" title={`Vous agissiez pour ${acting.name}`}>
          <p>
            Si c’est une autre personne, terminez d’abord cette connexion et fermez ses onglets. Puis recommencez depuis
            le site&nbsp;: vous ne mélangerez pas deux dossiers.
          </p>
        </Notice>
      )}
      {request.perimeter && (
        <p>
          Le site accepte les mandats pour&nbsp;: <strong>{request.perimeter.join(', ')}</strong>. Seuls ces thèmes sont
          proposés.
        </p>
      )}
    </>
  );
}

/** Leaves without choosing: the site is told that nobody was connected. */
export function CancelForm({ frame, request }: { frame: Frame; request: RequestView }) {
  return (
    <Form frame={frame} action={request.paths.cancel}>
      <Submit secondary>Annuler et revenir au site</Submit>
    </Form>
  );
}
