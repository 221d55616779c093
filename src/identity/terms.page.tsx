import { textOf } from '#platform/http/form.ts';
import { html, type Reply, refusedForm } from '#platform/http/reply.ts';
import type { PageRequest } from '#platform/http/route.ts';
import { Terms } from '#views/identity/terms.tsx';
import { acceptTerms } from './accept-terms.ts';
import { whereTheyWere } from './go-back.ts';
import type { AidantAtWork } from './guards.tsx';
import type { Onwards } from './onwards.tsx';
import { readReturnTo } from './return-to.rules.ts';
import { TERMS_VERSION } from './terms.rules.ts';

const NOT_TICKED = 'Cochez la case pour accepter les conditions.';
const NEW_TEXT = 'Le texte vient de changer. Lisez la nouvelle version avant de l’accepter.';

export async function showTerms({ who, frame, query, filled }: PageRequest<AidantAtWork | null>): Promise<Reply> {
  const suite = readReturnTo(textOf(filled, 'suite') || (query.suite ?? ''));
  const accepted = who?.termsVersion === TERMS_VERSION;
  const state = who ? (accepted ? 'accepted' : 'to-accept') : 'reader';
  return html(<Terms frame={frame} version={TERMS_VERSION} suite={suite} state={state} />);
}

export const postTerms =
  (onwards: Onwards) =>
  async ({ ctx, who, frame, form }: PageRequest<AidantAtWork>): Promise<Reply> => {
    const suite = readReturnTo(textOf(form, 'suite'));
    const ticked = textOf(form, 'accepter') === 'oui';
    if (!ticked || textOf(form, 'version') !== TERMS_VERSION) {
      const errors = { accepter: ticked ? NEW_TEXT : NOT_TICKED };
      return refusedForm(
        <Terms frame={frame} version={TERMS_VERSION} suite={suite} state="to-accept" errors={errors} />,
      );
    }
    await acceptTerms(ctx, who);
    return onwards(frame, (await whereTheyWere(ctx, { sessionIdHash: who.sessionIdHash, suite })).to);
  };
