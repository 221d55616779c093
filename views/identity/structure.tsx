import type { FieldErrors } from '#platform/http/form.ts';
import type { Frame } from '#platform/http/frame.ts';
import { ErrorSummary, Form, RadioGroup, Submit } from '../layout/form.tsx';
import { Layout } from '../layout/layout.tsx';
import { Notice, Phone } from '../layout/parts.tsx';

export type StructureChoice = { id: string; name: string; place: string };

type StructureProps = {
  frame: Frame;
  suite: string;
  /** The open structures of the aidant. */
  structures: readonly StructureChoice[];
  current: { id: string; name: string; open: boolean };
  chosen?: string | undefined;
  errors?: FieldErrors | undefined;
};

/** Chooses the structure the aidant acts for. */
export function Structure({ frame, suite, structures, current, chosen, errors }: StructureProps) {
  return (
    <Layout frame={frame} title="Votre structure" error={errors !== undefined}>
      <h1>Votre structure</h1>
      {!current.open && (
        <Notice severity="warning" title={`${current.name} est fermée`}>
          <p>
            Plus personne ne peut agir pour cette structure dans Entremise. Ses mandats ne peuvent plus être utilisés.
          </p>
        </Notice>
      )}
      {structures.some(({ id }) => id !== current.id) ? (
        <Choice {...{ frame, suite, structures, current, chosen, errors }} />
      ) : (
        <>
          <ErrorSummary errors={errors?.organisation ? { form: errors.organisation } : undefined} />
          <p>
            {current.open && <>Vous agissez pour {current.name}. </>}
            Vous n’avez pas d’autre structure. Si vous pensez que c’est une erreur, appelez {frame.operator.name} au{' '}
            <Phone number={frame.operator.phone} />.
          </p>
        </>
      )}
    </Layout>
  );
}

function Choice({ frame, suite, structures, current, chosen, errors }: StructureProps) {
  return (
    <>
      <ErrorSummary errors={errors} />
      <p className="lead">
        Vous voyez et vous utilisez les mandats d’une seule structure à la fois. Son nom est toujours en haut de la
        page.
      </p>
      <p>
        Changer de structure ne change pas un mandat en préparation&nbsp;: il reste celui de la structure pour laquelle
        vous l’avez commencé. Le changement est inscrit dans le journal.
      </p>
      <Form frame={frame} action="/structure">
        <input type="hidden" name="suite" value={suite} />
        <RadioGroup
          name="organisation"
          label="Pour quelle structure agissez-vous&nbsp;?"
          value={chosen ?? current.id}
          error={errors?.organisation}
          options={structures.map(({ id, name, place }) => ({
            value: id,
            label: name,
            hint: id === current.id ? `${place} — structure actuelle` : place,
          }))}
        />
        <div className="actions">
          <Submit>Agir pour cette structure</Submit>
        </div>
      </Form>
    </>
  );
}
