import type { Frame } from '#platform/http/frame.ts';
import { Layout } from '../../layout/layout.tsx';
import { BackLink, Notice, SummaryList, When } from '../../layout/parts.tsx';

/** Who a person is. Nothing of how to reach them: an auditor asks the operator for that. */
export function IdentityPage({
  frame,
  backHref,
  code,
  rows,
  until,
}: {
  frame: Frame;
  backHref: string;
  /** Of the masked person: « 7F3K-9Q2M ». */
  code: string;
  rows: readonly { term: string; value: string }[];
  /** Null: until the complaint is closed. */
  until: { iso: string; words: string } | null;
}) {
  return (
    <Layout frame={frame} title={`Identité de la personne ${code}`}>
      <BackLink href={backHref}>{until ? 'La demande' : 'La réclamation'}</BackLink>
      <h1>Identité de la personne {code}</h1>
      <SummaryList rows={rows} />
      <Notice severity="warning" title="Pour vous seul">
        <p>
          Cet affichage est écrit au journal, à votre nom. Ne copiez cette identité que dans un dossier de contrôle.
        </p>
        <p>
          {until ? (
            <>
              Vous pouvez la revoir jusqu’au <When iso={until.iso}>{until.words}</When>. Ensuite, il faudra une nouvelle
              demande.
            </>
          ) : (
            'Vous pouvez la revoir tant que la réclamation n’est pas close.'
          )}
        </p>
      </Notice>
    </Layout>
  );
}
