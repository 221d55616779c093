import { CONSENT_CHANNEL, mandateChannels, readConsentText, type Snapshot, type SnapshotWarning } from '#consent';
import { themes } from '#organisation';
import type { AppContext } from '#platform/context.ts';
import type { Usager } from '#usager';
import { DURATION_WORDS, type Duration } from '../mandate.rules.ts';
import { DECLARATIONS } from './declarations.ts';
import type { Draft } from './draft.queries.ts';
import type { Replaced } from './replaced.queries.ts';
import type { Professional } from './shown-text.ts';

export type Conclusion = {
  mandateId: string;
  number: string;
  draft: Draft;
  aidant: Professional & { aidantId: string };
  usager: Usager;
  duration: Duration;
  startsAt: Date;
  endsAt: Date;
  replaced: readonly Replaced[];
};

/** What the person and the aidant are to be reminded of, on paper too. */
export function warningsOf({ draft, usager }: Pick<Conclusion, 'draft' | 'usager'>): SnapshotWarning[] {
  const found: [SnapshotWarning, boolean][] = [
    ['no-email', usager.email === null],
    ['over-indebtedness', draft.themes.includes('argent')],
    ['session-left-open', draft.franceconnectOpenedAt !== null],
  ];
  return found.flatMap(([warning, holds]) => (holds ? [warning] : []));
}

/** The mandate as it is concluded, with the words of this day. */
export function snapshotOf(ctx: Pick<AppContext, 'config'>, conclusion: Conclusion): Snapshot {
  const { number, draft, aidant, usager, duration, startsAt, endsAt, replaced } = conclusion;
  const { publicUrl, operator } = ctx.config;
  return inNfc<Snapshot>({
    v: 1,
    number,
    consentLevel: CONSENT_CHANNEL,
    organisation: organisationIn(draft),
    usager: {
      givenName: usager.givenName,
      familyName: usager.familyName,
      ...(usager.preferredUsername && { preferredUsername: usager.preferredUsername }),
      gender: usager.gender,
      birthdate: usager.birthdate,
      birthplace: usager.birthplace,
      birthcountry: usager.birthcountry,
    },
    aidant: { id: aidant.aidantId, firstName: aidant.firstName, lastName: aidant.lastName },
    themes: themesIn(draft),
    duration,
    durationWords: DURATION_WORDS[duration],
    startsAt: startsAt.toISOString(),
    endsAt: endsAt.toISOString(),
    channels: [...mandateChannels],
    text: readConsentText(draft.shownTexts ?? ''),
    terms: draft.terms ?? '',
    declarations: Object.values(DECLARATIONS),
    warnings: warningsOf(conclusion),
    replaced: replaced.map((one) => ({ number: one.number, theme: one.theme, endsAt: one.endsAt.toISOString() })),
    operator: { name: operator.name, email: operator.email, phone: operator.phone },
    addresses: { verify: `${publicUrl}/verifier/${number}`, stop: `${publicUrl}/revoquer` },
    journalAlias: draft.journalAlias,
  });
}

function organisationIn({ organisation }: Draft): Snapshot['organisation'] {
  const { id, name, siret, address, zipCode, city, phone, email } = organisation;
  return { id, name, siret, address, zipCode, city, phone, email };
}

function themesIn(draft: Draft): Snapshot['themes'] {
  return themes
    .filter(({ key }) => draft.themes.includes(key))
    .map(({ key, title, description, serviceExamples }) => ({
      key,
      title,
      description,
      serviceExamples: [...serviceExamples],
    }));
}

/** Rows written before names were normalised may not be in the one form that is signed. */
function inNfc<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value).normalize('NFC'));
}
