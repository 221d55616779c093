import { type AuditorAtWork, scopeInWords } from '#identity';
import type { AppContext } from '#platform/context.ts';
import { type FieldErrors, type Form, textOf } from '#platform/http/form.ts';
import { redirect, refusedForm } from '#platform/http/reply.ts';
import type { Page } from '#platform/http/route.ts';
import { isUuid } from '#platform/ids/ids.ts';
import { SearchPage } from '#views/audit/search/search.tsx';
import { limitReply } from '../limit-page.tsx';
import { readPlainFilters, searchHref } from './filters.rules.ts';
import { keepPerson } from './keep-person.ts';
import { findAidant, findAidants, findStructure, findStructures, MOST_LISTED, type Named } from './named.queries.ts';
import { findKeptSearch } from './persons.queries.ts';
import { formProps, personsInWords, valuesOf } from './search-view.ts';
import { readSought } from './sought.rules.ts';

/** Turns what was typed into an address that holds ids only; or says beside each field what does not hold. */
export const searchPost: Page<AuditorAtWork> = async ({ ctx, who, frame, form }) => {
  const plain = readPlainFilters(form);
  const person = readSought(form);
  const structure = await readNamed(form, 'structure', structuresOf(ctx, who));
  const aidant = await readNamed(form, 'aidant', aidantsOf(ctx, who));
  const errors = { ...plain.errors, ...structure.errors, ...aidant.errors, ...(person.ok ? {} : person.errors) };
  const kept = await keptPerson(ctx, who, form);
  if (!person.ok || Object.keys(errors).length > 0) {
    const props = formProps({
      ...{ frame, errors, structures: structure.among, aidants: aidant.among },
      // a choice among those listed goes with the name as it was typed
      values: { ...valuesOf(form), structureNamed: textOf(form, 'structure'), aidantNamed: textOf(form, 'aidant') },
      chosen: { structureId: structure.chosen?.id ?? '', aidantId: aidant.chosen?.id ?? '' },
      person: kept && { kept: kept.id, label: personsInWords(ctx, kept.usagerIds) },
    });
    return refusedForm(
      <SearchPage frame={frame} form={props} asked={[]} results={null} scope={scopeInWords(who.departements)} />,
    );
  }
  const sought = person.sought && (await keepPerson(ctx, who, person.sought));
  if (sought?.ok === false) return limitReply({ ctx, frame }, sought.limited);
  const keptId = sought?.id ?? kept?.id;
  return redirect(
    searchHref({
      ...plain.filters,
      ...(structure.chosen && { organisationId: structure.chosen.id }),
      ...(aidant.chosen && { aidantId: aidant.chosen.id }),
      ...(keptId && { kept: keptId }),
    }),
  );
};

type Names = {
  byId(id: string): Promise<Named | undefined>;
  byName(typed: string): Promise<Named[]>;
  none: string;
  tooMany: string;
};

const structuresOf = ({ db }: Pick<AppContext, 'db'>, who: AuditorAtWork): Names => ({
  byId: (id) => findStructure(db, who, id),
  byName: (typed) => findStructures(db, who, typed),
  none: 'Aucune structure que vous pouvez consulter ne porte ce nom ou ce SIRET.',
  tooMany: `Plus de ${MOST_LISTED}\u00a0structures portent ce nom. Ajoutez la commune, ou donnez le SIRET.`,
});

const aidantsOf = ({ db }: Pick<AppContext, 'db'>, who: AuditorAtWork): Names => ({
  byId: (id) => findAidant(db, who, id),
  byName: (typed) => findAidants(db, who, typed),
  none: 'Aucun aidant des structures que vous pouvez consulter ne porte ce nom ou cette adresse.',
  tooMany: `Plus de ${MOST_LISTED}\u00a0aidants portent ce nom. Donnez le prénom et le nom, ou l’adresse e-mail.`,
});

type NamedRead = { chosen?: Named; among: Named[]; errors: FieldErrors };

/**
 * Whom a typed name means: what was chosen before, as long as the name was not touched; else the one that bears it; else
 * they are listed, to choose from.
 */
async function readNamed(form: Form, name: 'structure' | 'aidant', names: Names): Promise<NamedRead> {
  const typed = textOf(form, name).trim();
  if (!typed) return { among: [], errors: {} };
  const id = textOf(form, `${name}Id`);
  const before = typed === textOf(form, `${name}Named`).trim() && isUuid(id) ? await names.byId(id) : undefined;
  if (before) return { chosen: before, among: [], errors: {} };
  const found = await names.byName(typed);
  const [only, ...others] = found;
  if (!only) return { among: [], errors: { [name]: names.none } };
  if (others.length === 0) return { chosen: only, among: [], errors: {} };
  if (found.length > MOST_LISTED) return { among: [], errors: { [name]: names.tooMany } };
  return { among: found, errors: { [`${name}Id`]: 'Plusieurs portent ce nom\u00a0: choisissez dans la liste.' } };
}

/** The person of the search before, when the box is still ticked and this session is the one that looked for them. */
async function keptPerson(
  { db }: Pick<AppContext, 'db'>,
  { sessionIdHash }: AuditorAtWork,
  form: Form,
): Promise<{ id: string; usagerIds: string[] } | null> {
  const id = textOf(form, 'personne');
  if (!isUuid(id) || textOf(form, 'keepPerson') !== 'oui') return null;
  const usagerIds = await findKeptSearch(db, { id, sessionIdHash });
  return usagerIds ? { id, usagerIds } : null;
}
