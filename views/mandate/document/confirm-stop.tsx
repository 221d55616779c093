import type { Frame } from '#platform/http/frame.ts';
import { Form, Submit } from '../../layout/form.tsx';
import { Layout } from '../../layout/layout.tsx';
import { CopyableNumber, SummaryList } from '../../layout/parts.tsx';

export function ConfirmStopPage({
  frame,
  action,
  backHref,
  number,
  stopCode,
  initials,
  startsAt,
  endsAt,
  themes,
}: {
  frame: Frame;
  action: string;
  backHref: string;
  number: string;
  stopCode: string;
  /** Null when the mandate cannot be checked: it can be stopped all the same. */
  initials: string | null;
  startsAt: string;
  endsAt: string;
  themes: number;
}) {
  return (
    <Layout frame={frame} title={'Arrêter ce mandat\u00a0?'}>
      <h1>Arrêter ce mandat&nbsp;?</h1>
      <SummaryList
        rows={[
          { term: 'Numéro', value: <CopyableNumber number={number} /> },
          ...(initials ? [{ term: 'Vos initiales', value: initials }] : []),
          { term: 'Commencé', value: `Le ${startsAt}` },
          { term: 'Prend fin', value: `Le ${endsAt}` },
          { term: 'Thèmes autorisés', value: String(themes) },
        ]}
      />
      <p className="lead">Si vous dites oui, tout le mandat s’arrête maintenant, pour tous les thèmes.</p>
      <p>On ne peut pas revenir en arrière. Pour être aidé de nouveau, il faudra un nouveau mandat.</p>
      <Form frame={frame} action={action}>
        <input type="hidden" name="number" value={number} />
        <input type="hidden" name="stopCode" value={stopCode} />
        <div className="actions">
          <Submit>Oui, arrêter maintenant</Submit>
          <a href={backHref}>Non, ne rien changer</a>
        </div>
      </Form>
    </Layout>
  );
}
