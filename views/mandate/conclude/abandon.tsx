import type { Frame } from '#platform/http/frame.ts';
import { Form, Submit } from '../../layout/form.tsx';
import { Layout } from '../../layout/layout.tsx';
import { type DraftHeader, DraftTop } from './draft-header.tsx';

export function Abandon({ frame, draft }: { frame: Frame; draft: DraftHeader }) {
  return (
    <Layout frame={frame} title="Abandonner la préparation">
      <DraftTop draft={draft} />
      <h1>Abandonner cette préparation&nbsp;?</h1>
      <p>
        Aucun mandat n’est enregistré. Les thèmes et la durée choisis sont oubliés. Si la personne s’est identifiée, ce
        que FranceConnect a dit d’elle est effacé tout de suite.
      </p>
      <Form frame={frame} action={draft.paths.abandon}>
        <div className="actions">
          <Submit>Abandonner</Submit>
          <a href={draft.paths.themes}>Non, continuer la préparation</a>
        </div>
      </Form>
    </Layout>
  );
}
