import {
  addOrganisation,
  changeOrganisation,
  listOrganisations,
  type OrganisationInput,
  organisationTypes,
  themes,
} from '#organisation';
import { type Command, CommandError, type Given, type Option, required } from './command.ts';
import { organisationMeant } from './find.ts';
import { refusedFields, withContext, withNode } from './with-context.ts';

/** Which option gives which field. */
const OPTION_OF: Readonly<Record<string, string>> = {
  name: '--name',
  type: '--type',
  siret: '--siret',
  address: '--address',
  zipCode: '--zip-code',
  city: '--city',
  departement: '--departement',
  phone: '--phone',
  email: '--email',
  allowedThemes: '--themes',
  longestDuration: '--longest-duration',
};

const facts: Readonly<Record<string, Option>> = {
  name: { hint: 'nom de la structure' },
  type: { hint: organisationTypes.map(({ key }) => key).join(', ') },
  siret: { hint: '14 chiffres' },
  address: { hint: 'numéro et rue' },
  'zip-code': { hint: '5 chiffres' },
  city: { hint: 'commune' },
  departement: { hint: '01 à 95, 2A, 2B, 971 à 988' },
  phone: { hint: 'téléphone français' },
  email: { hint: 'adresse e-mail' },
};
const limits: Readonly<Record<string, Option>> = {
  themes: { hint: `thèmes permis, séparés par des virgules ; tous sinon : ${themes.map(({ key }) => key).join(', ')}` },
  'longest-duration': { hint: 'durée la plus longue : SHORT, MONTH, SEMESTER ou LONG ; aucune limite sinon' },
};

const needed = Object.fromEntries(Object.entries(facts).map(([name, option]) => [name, { ...option, required: true }]));

const add: Command = {
  name: 'organisation add',
  summary: 'Inscrit une structure ; écrit son identifiant.',
  options: { ...needed, ...limits },
  async run(given, io) {
    await withNode(io, 'app', async (ctx) => {
      const added = await addOrganisation(ctx, { ...(typedFacts(given) as OrganisationInput), ...typedLimits(given) });
      if (!added.ok) throw refusedFields(added.errors, OPTION_OF);
      io.out(added.organisation.id);
    });
  },
};

const change: Command = {
  name: 'organisation change',
  summary: 'Change ce qui est gardé d’une structure. Thèmes et durée ne valent que pour les mandats à venir.',
  arguments: ['STRUCTURE'],
  options: { ...facts, ...limits },
  async run(given, io) {
    const changes = { ...typedFacts(given), ...typedLimits(given) };
    if (Object.keys(changes).length === 0) throw new CommandError('rien à changer : donnez au moins une option');
    await withNode(io, 'app', async (ctx) => {
      const { id } = await organisationMeant(ctx, given.argument('STRUCTURE'));
      const outcome = await changeOrganisation(ctx, id, changes);
      if (!outcome.ok) throw refusedFields(outcome.errors, OPTION_OF);
      io.say(outcome.changed.length > 0 ? `Changé : ${outcome.changed.join(', ')}.` : 'Rien n’était différent.');
    });
  },
};

const list: Command = {
  name: 'organisation list',
  summary: 'Les structures : identifiant, SIRET, nom, état.',
  async run(_given, io) {
    const organisations = await withContext(io, 'app', ({ db }) => listOrganisations(db));
    for (const { id, siret, name, active } of organisations) {
      io.out([id, siret, name, active ? 'ouverte' : 'fermée'].join('\t'));
    }
  },
};

type Said = { summary: string; done: string; already: string };

/** Opens or closes a structure. */
function setActive(name: string, active: boolean, { summary, done, already }: Said): Command {
  return {
    name,
    summary,
    arguments: ['STRUCTURE'],
    async run(given, io) {
      await withNode(io, 'app', async (ctx) => {
        const organisation = await organisationMeant(ctx, given.argument('STRUCTURE'));
        const outcome = await changeOrganisation(ctx, organisation.id, { active });
        if (!outcome.ok) throw refusedFields(outcome.errors, OPTION_OF);
        io.say(`${organisation.name} : ${outcome.changed.length > 0 ? done : already}`);
      });
    },
  };
}

function typedFacts(given: Given): Partial<OrganisationInput> {
  const typed = Object.keys(facts).flatMap((option) =>
    given.text(option) === undefined ? [] : [[option === 'zip-code' ? 'zipCode' : option, required(given, option)]],
  );
  return Object.fromEntries(typed);
}

function typedLimits(given: Given): Partial<OrganisationInput> {
  const allowed = given.text('themes');
  const longest = given.text('longest-duration');
  return {
    ...(allowed !== undefined && { allowedThemes: allowed.split(',').map((key) => key.trim()) }),
    ...(longest !== undefined && { longestDuration: longest as 'LONG' }),
  };
}

export const organisationCommands: readonly Command[] = [
  add,
  change,
  list,
  setActive('organisation close', false, {
    summary: 'Ferme une structure : plus personne n’agit pour elle, dès la page suivante.',
    done: 'fermée, plus personne n’agit pour elle.',
    already: 'elle était déjà fermée.',
  }),
  setActive('organisation open', true, {
    summary: 'Ouvre à nouveau une structure fermée.',
    done: 'ouverte.',
    already: 'elle était déjà ouverte.',
  }),
];
