import { z } from 'zod';
import { checkCode, leaveNotice } from '#identity';
import { HttpError, notFound } from '#platform/http/errors.ts';
import { type FieldErrors, readForm, textOf } from '#platform/http/form.ts';
import { html, type Reply, redirect, refusedForm } from '#platform/http/reply.ts';
import { readEmail } from '#usager';
import { Verification } from '#views/mandate/conclude/verification.tsx';
import type { VerificationProps } from '#views/mandate/conclude/verification-props.ts';
import { documentPath } from '../document/document.paths.ts';
import { draftPath, pathOfStep } from './conclude.paths.ts';
import { concludeMandate, type RefusedConclusion } from './conclude-mandate.ts';
import type { Draft } from './draft.queries.ts';
import { stepOf } from './draft.rules.ts';
import { type DraftRequest, draftOf } from './draft-page.ts';
import { dropAgreement } from './drop-agreement.ts';
import { previewConclusion } from './preview-conclusion.ts';
import { verificationProps } from './verification-props.ts';

type Values = VerificationProps['values'];

const acceptance = z.object({
  samePerson: z.literal(true, { error: 'Comparez l’identité avec la personne présente, puis cochez cette case.' }),
  notProtected: z.literal(true, { error: 'Posez la question à la personne, puis cochez cette case.' }),
  ownEmail: z
    .string()
    .trim()
    .refine(
      (typed) => typed === '' || readEmail(typed) !== null,
      'Cette adresse e-mail n’est pas complète. Exemple\u00a0: prenom.nom@exemple.fr',
    ),
  code: z.string().trim().min(1, 'Tapez votre code à 6\u00a0chiffres.'),
});

/** Page 3: who came back, what the mandate will be, and the aidant's acceptance. */
export async function verificationPage(request: DraftRequest): Promise<Reply> {
  return show(request, await draftOf(request), valuesOf(request.filled));
}

export async function acceptPage(request: DraftRequest): Promise<Reply> {
  const { ctx, who, form } = request;
  const draft = await draftOf(request);
  const values = valuesOf(form);
  // a code that has just reopened the session is the signature: it was taken out of nobody's sight, in this very form
  const code = who.codeAccepted ? 'accepted' : textOf(form, 'code');
  const read = readForm(acceptance, { ...values, code });
  // whatever the step was when the draft was read: it may have moved since, and nobody has declared anything
  if (!read.ok) return show(request, draft, values, read.errors);
  const { aidantId, firstName, lastName, termsVersion } = who;
  const concluded = await concludeMandate(ctx, {
    aidant: { aidantId, firstName, lastName, termsVersion },
    draftId: draft.id,
    seen: textOf(form, 'seen'),
    ownEmail: values.ownEmail.trim() || null,
    sign: (trx) => checkCode(ctx, trx, who, code),
  });
  if (!concluded.ok) return refused(request, draft, values, concluded.reason);
  await leaveNotice(ctx.db, who.sessionIdHash, 'mandat-enregistre');
  const elsewhere = draft.organisationId !== who.organisation.id;
  return redirect(elsewhere ? draftPath(draft.id, 'end') : documentPath(concluded.mandateId));
}

const MESSAGES: Partial<Record<RefusedConclusion, FieldErrors>> = {
  'code-refused': { code: 'Ce code n’est pas bon, ou il a déjà servi. Attendez le code suivant, puis tapez-le.' },
  changed: {
    form: 'Depuis l’affichage de cette page, quelque chose a changé\u00a0: les mandats de la personne, ou son identification. Rien n’a été signé. Relisez, puis acceptez avec votre code.',
  },
  'has-one-already': {
    form: 'La personne a maintenant une adresse e-mail. Rien n’a été signé. Relisez, puis acceptez avec votre code.',
  },
  'not-an-address': { ownEmail: 'Cette adresse e-mail n’est pas complète. Exemple\u00a0: prenom.nom@exemple.fr' },
  'professional-address': {
    ownEmail:
      'Cette adresse est celle d’un professionnel ou d’une structure. Écrivez celle de la personne, ou laissez vide.',
  },
};

async function refused(request: DraftRequest, draft: Draft, values: Values, reason: RefusedConclusion): Promise<Reply> {
  if (reason === 'not-found') throw notFound();
  if (reason === 'may-not') throw new HttpError(403, 'ne-peut-plus-conclure');
  if (reason === 'terms-changed') {
    await dropAgreement(request.ctx, { aidantId: request.who.aidantId, draftId: draft.id });
    return redirect(draftPath(draft.id, 'outcome'));
  }
  return show(request, await draftOf(request), values, MESSAGES[reason] ?? {});
}

/** The page, filled; without a draft at this step, where it is instead. */
async function show(request: DraftRequest, draft: Draft, values: Values, errors?: FieldErrors): Promise<Reply> {
  const preview = await previewConclusion(request.ctx, draft, request.now);
  if (!preview) return redirect(pathOfStep(draft.id, stepOf(draft, request.now)));
  const props = verificationProps(request, draft, preview);
  const view = <Verification {...props} values={values} errors={errors} />;
  return errors ? refusedForm(view) : html(view);
}

function valuesOf(form: DraftRequest['filled']): Values {
  const ticked = (name: string) => textOf(form, name) === 'oui';
  return {
    samePerson: ticked('samePerson'),
    notProtected: ticked('notProtected'),
    ownEmail: textOf(form, 'ownEmail'),
  };
}
