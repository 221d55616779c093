import type { Frame } from '#platform/http/frame.ts';
import { ErrorSummary } from '../../layout/form.tsx';
import { Layout } from '../../layout/layout.tsx';
import { Disclosure, EmptyState } from '../../layout/parts.tsx';
import { PagesNav } from '../../mandate/follow/pages-nav.tsx';
import { EntryList, type EntryRow } from './entry-list.tsx';
import { SearchForm, type SearchFormProps } from './search-form.tsx';

export type Results = {
  entries: readonly EntryRow[];
  newerHref: string | null;
  olderHref: string | null;
  /** Where the entries of this page are put in a case file. */
  caseHref: string | null;
  /** The search went no further back than this for now; the link goes on from there. */
  stopped: { text: string; href: string } | null;
};

/** `asked` says the filters in words, one by one; `results` is null when the filters do not hold. */
export function SearchPage({
  frame,
  form,
  asked,
  results,
  scope,
}: {
  frame: Frame;
  form: SearchFormProps;
  asked: readonly string[];
  results: Results | null;
  scope: string;
}) {
  // the title is what is heard first: it tells what was found
  const titled =
    results && asked.length > 0
      ? `${titleOf(results.entries.length)}\u00a0: recherche dans le journal`
      : 'Rechercher dans le journal';
  const wrong = Object.keys(form.errors).length > 0;
  return (
    <Layout frame={frame} title={titled} wide error={wrong}>
      <h1>Rechercher dans le journal</h1>
      <p className="lead">Ce qui a été fait, par qui, sous quel mandat. {scope}.</p>
      <ErrorSummary errors={form.errors} />
      <Disclosure
        summary={asked.length > 0 ? 'Changer la recherche' : 'Préciser la recherche'}
        open={wrong || asked.length === 0}
      >
        <search>
          <SearchForm {...form} />
        </search>
      </Disclosure>
      {results && <Found frame={frame} asked={asked} results={results} />}
    </Layout>
  );
}

function Found({ asked, results }: { frame: Frame; asked: readonly string[]; results: Results }) {
  const { entries, newerHref, olderHref, caseHref, stopped } = results;
  return (
    <>
      <h2>{titleOf(entries.length)}</h2>
      {asked.length > 0 && (
        <ul className="audit-asked" aria-label="Ce que vous avez demandé">
          {asked.map((one) => (
            <li key={one}>{one}</li>
          ))}
        </ul>
      )}
      {entries.length > 0 ? (
        <EntryList entries={entries} label="Entrées du journal, les plus récentes d’abord" />
      ) : (
        !stopped && (
          <EmptyState title="Rien ne correspond dans le journal.">
            <p>Élargissez la période, ou retirez une condition.</p>
          </EmptyState>
        )
      )}
      {caseHref && (
        <p>
          <a className="fr-link" href={caseHref}>
            {entries.length === 1
              ? 'Mettre cette entrée dans un dossier de contrôle'
              : `Mettre ces ${entries.length}\u00a0entrées dans un dossier de contrôle`}
          </a>
        </p>
      )}
      {stopped && (
        <p>
          {stopped.text} <a href={stopped.href}>Continuer la recherche plus loin</a>
        </p>
      )}
      <PagesNav
        label="Pages de la recherche"
        previousHref={newerHref}
        nextHref={olderHref}
        previous="Plus récentes"
        next="Plus anciennes"
      />
    </>
  );
}

function titleOf(count: number): string {
  if (count === 0) return 'Aucune entrée';
  return count === 1 ? '1\u00a0entrée' : `${count}\u00a0entrées, les plus récentes d’abord`;
}
