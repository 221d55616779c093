import type { AidantAtWork } from '#identity';
import { notFound } from '#platform/http/errors.ts';
import { html } from '#platform/http/reply.ts';
import type { Page } from '#platform/http/route.ts';
import { UsagerPage } from '#views/mandate/follow/usager.tsx';
import { NEW_MANDATE } from '../conclude/conclude.paths.ts';
import { MANDATES, ownEmailPath, usagerPath } from './follow.paths.ts';
import { LIST_STATES, stateInLists } from './list.rules.ts';
import { mandateCard } from './mandate-card.ts';
import { openUsager } from './open-usager.ts';
import { personInWords } from './snapshot-name.ts';
import { useRow } from './use-row.ts';

/** Everything about one person: who they are, their mandates in three groups, the connections in their name. */
export const usagerPage: Page<AidantAtWork> = async ({ ctx, who, frame, params, query, now }) => {
  const person = { organisationId: who.organisation.id, usagerId: params.id ?? '' };
  const opened = await openUsager(ctx, { ...person, aidantId: who.aidantId, olderUses: query.connexions });
  if (!opened) throw notFound();
  const { usager, mandates, uses, moreUses } = opened;
  const last = uses.at(-1);
  const path = usagerPath(usager.id);
  return html(
    <UsagerPage
      frame={frame}
      {...personInWords(usager.who)}
      contacts={usager.contacts}
      ownEmailHref={usager.contacts && !usager.contacts.email ? ownEmailPath(usager.id) : null}
      listHref={MANDATES}
      newMandateHref={who.mayConclude ? NEW_MANDATE : null}
      groups={LIST_STATES.map((state) => ({
        state,
        mandates: mandates.filter((one) => stateInLists(one, now) === state).map((one) => mandateCard(one, now)),
      }))}
      uses={uses.map((use) => useRow(use, now))}
      olderUsesHref={moreUses && last ? `${path}?connexions=${last.id}#connexions` : null}
      newestUsesHref={query.connexions ? `${path}#connexions` : null}
    />,
  );
};
