import { Notice, SummaryList, When } from '../../layout/parts.tsx';
import type { VerificationProps } from './verification-props.ts';

export function Person({ name, identity, email, emailIsProfessional }: VerificationProps) {
  return (
    <section aria-labelledby="personne">
      <h2 id="personne">Est-ce bien la personne en face de vous&nbsp;?</h2>
      <p>À comparer avec la personne présente, par exemple avec sa pièce d’identité.</p>
      <p className="lead">
        <strong>{name}</strong>
      </p>
      <SummaryList
        rows={[
          { term: 'Prénoms', value: identity.givenNames },
          { term: 'Nom de naissance', value: identity.birthName },
          { term: 'Nom d’usage', value: identity.usageName ?? 'Aucun' },
          { term: 'Date de naissance', value: identity.birthdate },
          { term: 'Lieu de naissance', value: identity.birthplace },
          { term: 'Sexe', value: identity.gender },
          { term: 'Adresse e-mail', value: email ?? 'Aucune' },
        ]}
      />
      {emailIsProfessional && (
        <Notice severity="warning" title="Cette adresse e-mail est celle d’un professionnel">
          <p>
            La personne ne recevra aucun message&nbsp;: nous n’écrivons pas à un professionnel à sa place. Elle peut
            mettre sa propre adresse dans le compte qu’elle utilise avec FranceConnect.
          </p>
        </Notice>
      )}
    </section>
  );
}

export function Changes({ changes }: { changes: NonNullable<VerificationProps['changes']> }) {
  return (
    <Notice severity="warning" title="Vous connaissez déjà cette personne, et quelque chose a changé">
      <p>Ce que dit FranceConnect aujourd’hui remplacera ce que nous avions, pour tous ses mandats.</p>
      <ul>
        {changes.map(({ field, before, after }) => (
          <li key={field}>
            {field}&nbsp;: <s>{before}</s> devient <strong>{after}</strong>
          </li>
        ))}
      </ul>
    </Notice>
  );
}

export function Mandate({ draft, themes, duration, ends }: VerificationProps) {
  return (
    <section aria-labelledby="mandat">
      <h2 id="mandat">Ce que la personne autorise</h2>
      <SummaryList
        rows={[
          { term: 'Structure', value: draft.structure },
          { term: 'Thèmes', value: <Lines lines={themes.map(({ title }) => title)} /> },
          {
            term: 'Durée',
            value: (
              <>
                {duration}. Si vous acceptez maintenant, jusqu’au <When iso={ends.iso}>{ends.words}</When>.
              </>
            ),
          },
        ]}
      />
      {themes.some(({ overIndebtedness }) => overIndebtedness) && (
        <Notice severity="warning" title="Dossier de surendettement">
          <p>La personne doit signer sa déclaration elle-même. Sinon, la déclaration n’est pas recevable.</p>
        </Notice>
      )}
    </section>
  );
}

function Lines({ lines }: { lines: readonly string[] }) {
  return (
    <ul>
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}

export function ReplacedThemes({ replaced }: Pick<VerificationProps, 'replaced'>) {
  return (
    <Notice severity="warning" title="Ce mandat en remplace un autre">
      <p>
        La personne avait déjà autorisé votre structure pour {replaced.length > 1 ? 'ces thèmes' : 'ce thème'}. Dès que
        vous acceptez, seule la nouvelle autorisation compte.
      </p>
      <ul>
        {replaced.map(({ theme, number, ends }) => (
          <li key={theme}>
            <strong>{theme}</strong>&nbsp;: l’ancienne autorisation devait finir le{' '}
            <When iso={ends.iso}>{ends.words}</When> (mandat {number}).
          </li>
        ))}
      </ul>
    </Notice>
  );
}
