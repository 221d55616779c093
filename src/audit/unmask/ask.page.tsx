import type { AuditorAtWork } from '#identity';
import { notFound } from '#platform/http/errors.ts';
import { type FieldErrors, readForm, textOf } from '#platform/http/form.ts';
import { html, redirect, refusedForm } from '#platform/http/reply.ts';
import type { Page, PageRequest } from '#platform/http/route.ts';
import { after } from '#platform/time/clock.ts';
import { momentOf } from '#platform/time/paris.ts';
import { AskPage } from '#views/audit/unmask/ask.tsx';
import { whoMayAnswer } from '../mails/auditor-mail.queries.ts';
import { maskedPerson } from '../mask.ts';
import { placeOf } from '../place.ts';
import { askUnmasking } from './ask-unmasking.ts';
import { identitiesOpenTo } from './open-identities.queries.ts';
import { type MetPerson, personOfEntry, personOfMandate } from './person.queries.ts';
import { recordReading } from './record-reading.ts';
import { unmaskingFormOpened } from './unmask.events.ts';
import { ASK, IDENTITIES, identityPath } from './unmask.paths.ts';
import { motiveSchema, WAITS_FOR } from './unmask.rules.ts';

type Asked = PageRequest<AuditorAtWork>;
type Met = { name: 'mandat' | 'entree'; value: string };

/** Where a request is written, about the person of a mandate or of an entry. */
export const askPage: Page<AuditorAtWork> = async (request) => {
  const { ctx, who, now, filled } = request;
  const { met, person } = await personMet(request);
  const open = (await identitiesOpenTo(ctx.db, who, [person.usagerId], now)).get(person.usagerId);
  const hindrance = open && {
    text: 'L’identité de cette personne vous est déjà ouverte.',
    href: identityPath(open),
    label: 'Voir qui est cette personne',
  };
  return html(await view(request, { met, person, hindrance, motive: textOf(filled, 'motive') }));
};

export const askPost: Page<AuditorAtWork> = async (request) => {
  const { ctx, who, form } = request;
  const { met, person } = await personMet(request);
  const motive = textOf(form, 'motive');
  const read = readForm(motiveSchema, { motive });
  if (!read.ok) return refusedForm(await view(request, { met, person, motive, errors: read.errors }));
  const asked = await askUnmasking(ctx, { who, person, motive: read.value.motive });
  if (!asked.ok)
    return refusedForm(await view(request, { met, person, motive, errors: { form: REFUSALS[asked.reason] } }));
  return redirect(IDENTITIES);
};

const REFUSALS = {
  'already-asked': 'Vous avez déjà demandé à voir cette personne\u00a0: attendez la réponse.',
  'already-open': 'L’identité de cette personne vous est déjà ouverte.',
  inactive: 'Votre compte est fermé.',
} as const;

/** In the address at first, in the form once it is posted or shown again. */
async function personMet({ ctx, who, query, form, filled }: Asked): Promise<{ met: Met; person: MetPerson }> {
  const given = (name: Met['name']) => textOf(filled ?? form, name) || (query[name] ?? '');
  const [mandat, entree] = [given('mandat'), given('entree')];
  const person = mandat ? await personOfMandate(ctx.db, who, mandat) : await personOfEntry(ctx, who, entree);
  if (!person) throw notFound();
  return { met: mandat ? { name: 'mandat', value: mandat } : { name: 'entree', value: entree }, person };
}

type Told = { met: Met; person: MetPerson; motive: string; errors?: FieldErrors } & {
  hindrance?: { text: string; href: string; label: string } | undefined;
};

/** Says which masked person it is: each showing is in the log `acces` before. */
async function view({ ctx, who, frame, now }: Asked, { met, person, hindrance, motive, errors }: Told) {
  const { usagerId, mandateId, alias } = person;
  const opened = unmaskingFormOpened.event({
    actor: {},
    about: { usagerId, mandateId: mandateId ?? undefined },
    mandate: alias ? { alias } : undefined,
    result: 'ok',
    clear: { auditor: who.auditorId },
  });
  await recordReading(ctx, opened);
  const answerers = await whoMayAnswer(ctx.db, { askedBy: who.auditorId, organisationId: person.organisationId });
  const back =
    met.name === 'mandat'
      ? { href: `/auditeur/mandats/${met.value}`, label: 'Le dossier du mandat' }
      : { href: `/auditeur/entrees/${met.value}`, label: 'L’entrée du journal' };
  return (
    <AskPage
      frame={frame}
      action={ASK}
      met={met}
      person={maskedPerson(ctx.keys, person.usagerId)}
      place={placeOf(person)}
      mandateNumber={person.mandateNumber}
      back={back}
      hindrance={hindrance}
      lapsesAt={momentOf(after(now, WAITS_FOR))}
      alone={answerers.length === 0}
      motive={motive}
      errors={errors}
    />
  );
}
