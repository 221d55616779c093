import type { FieldErrors } from '#platform/http/form.ts';
import type { Frame } from '#platform/http/frame.ts';
import { ErrorSummary, Form, RadioGroup, Submit, TileChoice } from '../../layout/form.tsx';
import { Layout } from '../../layout/layout.tsx';
import { Notice } from '../../layout/parts.tsx';
import { DraftExits, type DraftHeader, DraftTop } from './draft-header.tsx';

export type ChooseTermsProps = {
  frame: Frame;
  draft: DraftHeader;
  themes: readonly { key: string; title: string; description: string; services: string }[];
  /** Some of the ten themes are not for this structure. */
  someThemesClosed: boolean;
  durations: readonly { key: string; words: string; end: string }[];
  values: { themes: readonly string[]; duration: string };
  errors?: FieldErrors | undefined;
  /** The person has identified already: another choice asks it again. */
  identified: boolean;
};

const OVER_INDEBTEDNESS =
  'Surendettement\u00a0: vous pouvez remplir le dossier avec la personne, mais elle doit signer sa déclaration elle-même. Sinon, la déclaration n’est pas recevable (articles R.\u00a0721-2 et R.\u00a0761-1 du code de la consommation).';

export function ChooseTerms(props: ChooseTermsProps) {
  const { frame, draft, themes, durations, values, errors } = props;
  return (
    <Layout frame={frame} title="Thèmes et durée du mandat" error={errors !== undefined} wide>
      <DraftTop draft={draft} step={1} />
      <h1>Ce que la personne vous confie</h1>
      <ErrorSummary errors={errors} />
      {props.identified && (
        <Notice severity="warning" title="La personne s’est déjà identifiée">
          <p>
            Si vous changez les thèmes ou la durée, son identification est effacée&nbsp;: elle devra relire les
            conditions et s’identifier à nouveau. Sinon, <a href={draft.paths.verification}>continuez</a>.
          </p>
        </Notice>
      )}
      <ReadAloud />
      <Form frame={frame} action={draft.paths.themes}>
        <TileChoice
          type="checkbox"
          name="themes"
          label={'Pour quelles démarches veut-elle de l’aide\u00a0?'}
          hint={
            props.someThemesClosed
              ? 'Cochez seulement ce dont elle a besoin. Les thèmes qui manquent ne sont pas ouverts à votre structure.'
              : 'Cochez seulement ce dont elle a besoin.'
          }
          value={values.themes}
          error={errors?.themes}
          options={themes.map(({ key, title, description, services }) => ({
            value: key,
            label: title,
            description: (
              <>
                {description}
                <strong className="services">{services}</strong>
              </>
            ),
            ...(key === 'argent' && { note: OVER_INDEBTEDNESS }),
          }))}
        />
        <RadioGroup
          name="duration"
          label={'Pendant combien de temps\u00a0?'}
          value={values.duration}
          error={errors?.duration}
          options={durations.map(({ key, words, end }) => ({
            value: key,
            label: words,
            hint: `Si vous acceptez maintenant, le mandat se termine le ${end}.`,
          }))}
        />
        <p>
          Ensuite, vous tournerez l’écran vers la personne. Elle lira les conditions et s’identifiera elle-même avec
          FranceConnect.
        </p>
        <div className="actions">
          <Submit>Continuer et tourner l’écran</Submit>
        </div>
      </Form>
      <DraftExits draft={draft} />
    </Layout>
  );
}

function ReadAloud() {
  return (
    <section className="card read-aloud" aria-labelledby="a-lire">
      <h2 id="a-lire">À lire à voix haute à la personne</h2>
      <p>«&nbsp;Vous me demandez de faire des démarches à votre place. Pour cela, il me faut votre accord écrit.</p>
      <p>Cet accord s’appelle un mandat. Il est gratuit. Vous choisissez pour quoi, et pour combien de temps.</p>
      <p>
        Je ferai seulement ce que vous me demandez. Je vous expliquerai tout. Je garderai vos informations secrètes.
      </p>
      <p>
        Chaque connexion en votre nom sera notée. Vous pourrez tout arrêter quand vous voulez, sans dire
        pourquoi.&nbsp;»
      </p>
    </section>
  );
}
