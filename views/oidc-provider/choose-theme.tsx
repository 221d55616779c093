import type { FieldErrors } from '#platform/http/form.ts';
import type { Frame } from '#platform/http/frame.ts';
import { CodeField, ErrorSummary, Field, Form, RadioGroup, Submit, TileChoice } from '../layout/form.tsx';
import { Layout } from '../layout/layout.tsx';
import { BackLink, Notice, SummaryList } from '../layout/parts.tsx';
import { CancelForm, RequestHead, type RequestView } from './request-frame.tsx';

export type ChooseThemeProps = {
  frame: Frame;
  /** Whose mandates the page shows: an answer from it counts for no other structure. */
  organisationId: string;
  request: RequestView;
  person: { name: string; birthdate: string; href: string; withoutEmail: boolean };
  /** Address of this form. */
  action: string;
  themes: readonly { key: string; title: string; description: string; end: string }[];
  sites: readonly string[];
  longestSite: number;
  /** The last code is too old: choosing needs a new one. */
  codeNeeded: boolean;
  values: { theme: string; site: string; otherSite: string };
  errors?: FieldErrors | undefined;
};

/** The value of « another site » among the sites. */
export const OTHER_SITE = '_autre';

const OVER_INDEBTEDNESS =
  'Surendettement\u00a0: vous pouvez remplir le dossier avec la personne, mais elle doit signer sa déclaration elle-même. Sinon, la déclaration n’est pas recevable (articles R.\u00a0721-2 et R.\u00a0761-1 du code de la consommation).';

/** Second and last page of the answer: about what, and where. Choosing is the confirmation. */
export function ChooseTheme(props: ChooseThemeProps) {
  const { frame, request, person, errors } = props;
  return (
    <Layout frame={frame} title={`Agir pour ${person.name}`} error={errors !== undefined} wide>
      <BackLink href={request.paths.people}>Changer de personne</BackLink>
      <h1>Pour quel thème et sur quel site&nbsp;?</h1>
      <SummaryList
        rows={[
          { term: 'Vous agissez pour', value: <strong>{person.name}</strong> },
          { term: 'Date de naissance', value: person.birthdate },
        ]}
      />
      <RequestHead frame={frame} request={request} />
      {person.withoutEmail ? <NoEmail name={person.name} href={person.href} /> : <ChoiceForm {...props} />}
      <CancelForm frame={frame} request={request} />
    </Layout>
  );
}

function ChoiceForm({
  frame,
  organisationId,
  action,
  themes,
  sites,
  longestSite,
  codeNeeded,
  values,
  errors,
}: ChooseThemeProps) {
  return (
    <>
      <ErrorSummary errors={errors} />
      <Form frame={frame} action={action}>
        <input type="hidden" name="organisation" value={organisationId} />
        <TileChoice
          type="radio"
          name="theme"
          label="Thème de la démarche"
          hint="Seuls les thèmes que la personne vous a confiés, et qui sont encore en vigueur."
          value={values.theme}
          error={errors?.theme}
          options={themes.map(({ key, title, description, end }) => ({
            value: key,
            label: title,
            description: `${description} En vigueur jusqu’au ${end}.`,
            ...(key === 'argent' && { note: OVER_INDEBTEDNESS }),
          }))}
        />
        <RadioGroup
          name="site"
          label="Site où vous allez"
          hint="FranceConnect ne nous dit pas quel site vous utilisez. Ce que vous déclarez est écrit dans le journal."
          value={values.site}
          error={errors?.site}
          options={[
            ...sites.map((site) => ({ value: site, label: site })),
            { value: OTHER_SITE, label: 'Un autre site' },
          ]}
        />
        <Field
          name="otherSite"
          label="Nom de l’autre site"
          hint="Seulement si le site n’est pas dans la liste. N’écrivez rien sur la personne."
          required="conditional"
          maxLength={longestSite}
          value={values.otherSite}
          error={errors?.otherSite}
        />
        {codeNeeded && <CodeField error={errors?.code} />}
        <p>
          En continuant, vous confirmez que vous agissez au nom de cette personne, à sa demande. Ce choix est écrit dans
          le journal.
        </p>
        <Submit>Agir en son nom</Submit>
      </Form>
    </>
  );
}

function NoEmail({ name, href }: { name: string; href: string }) {
  return (
    <Notice severity="warning" title="La connexion ne marcherait pas">
      <p>
        {name} n’a pas d’adresse e-mail. FranceConnect en demande une, pour prévenir la personne à chaque connexion.
      </p>
      <p>
        La personne peut donner sa propre adresse. Jamais la vôtre, ni celle de la structure.{' '}
        <a href={href}>Ouvrir la page de la personne</a>
      </p>
    </Notice>
  );
}
