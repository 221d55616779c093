import { sql } from 'kysely';
import { addComplaint, assignComplaint, switchRule } from '#audit';
import {
  type AidantChange,
  type AuditorAtWork,
  type AuditorChange,
  changeAidant,
  changeAuditor,
  renewAuditorFactor,
  renewSecondFactor,
} from '#identity';
import {
  announceKeys,
  type HoldTarget,
  makeSigningKey,
  parseSigningKey,
  placeHold,
  registerNode,
  retireKeys,
  revokeNode,
} from '#journal';
import { ED25519 } from '#journal/verify';
import { changeOrganisation, type OrganisationChange } from '#organisation';
import { keyringSchema } from '#platform/crypto/keys.ts';
import { makeKeys } from '#platform/crypto/make-keys.ts';
import { addTestAuditor, type TestAuditor } from '#support/auditor.ts';
import { addPerson, addStructure } from '#support/people.ts';
import { closeComplaint } from '../../../src/audit/complaint/close-complaint.ts';
import { findComplaint } from '../../../src/audit/complaint/complaint.queries.ts';
import { answerUnmasking } from '../../../src/audit/unmask/answer-unmasking.ts';
import { askUnmasking } from '../../../src/audit/unmask/ask-unmasking.ts';
import { personOfMandate } from '../../../src/audit/unmask/person.queries.ts';
import { findUnmasking } from '../../../src/audit/unmask/unmask.queries.ts';
import type { Structure } from './mandates-taken-back.ts';
import type { Bed } from './seal-bed.ts';

/** What acts give and take away besides mandates, through the real use cases, and the rows that say so. */
export async function powersOn(bed: Bed, { ctx, conclude }: Structure) {
  const place = { ctx, visitor: () => Promise.reject(new Error('nobody visits')) as never };
  const owner = bed.another('owner');
  const structure = async () => (await addStructure(place)).id;
  const person = async (...organisationIds: string[]) =>
    (await addPerson(place, organisationIds.length > 0 ? { organisationIds } : {})).aidantId;
  const auditor = (departements?: string[]) => addTestAuditor({ ctx }, departements ? { departements } : {});
  const acts = ({ auditorId }: TestAuditor) =>
    ({
      auditorId,
      departements: null,
      sessionIdHash: Buffer.alloc(32),
      codeAccepted: true,
    }) as unknown as AuditorAtWork;
  const made = <Answer extends { ok: boolean }>(answer: Answer) => {
    if (!answer.ok) throw new Error(JSON.stringify(answer));
    return answer as Answer & { ok: true };
  };
  const complain = async ({ email: auditorEmail }: TestAuditor) => {
    const mandateNumber = (await conclude()).number;
    return made(await addComplaint(ctx, { mandateNumber, motive: 'never-signed', channel: 'phone', auditorEmail }));
  };
  return {
    ...{ structure, person, auditor, complain },
    aidant: async (id: string, change: AidantChange) => made(await changeAidant(ctx, id, change)),
    auditorDoes: async ({ auditorId }: TestAuditor, change: AuditorChange) =>
      made(await changeAuditor(ctx, auditorId, change)),
    organisation: async (id: string, change: OrganisationChange) => made(await changeOrganisation(ctx, id, change)),
    factor: (id: string) => renewSecondFactor(ctx, id),
    auditorFactor: ({ auditorId }: TestAuditor) => renewAuditorFactor(ctx, auditorId),
    assign: async ({ id: complaintId }: { id: string }, { email: auditorEmail }: TestAuditor) =>
      made(await assignComplaint(ctx, { complaintId, auditorEmail })),
    async answer({ id }: { id: string }, by: TestAuditor) {
      const complaint = await findComplaint(ctx.db, acts(by), id);
      if (!complaint) throw new Error('this complaint is not theirs');
      await closeComplaint(ctx, { who: acts(by), complaint, answer: 'confirmed', code: '' });
    },
    async ask(by: TestAuditor) {
      const person = await personOfMandate(ctx.db, acts(by), (await conclude()).id);
      if (!person) throw new Error('this person is not theirs to ask');
      return made(await askUnmasking(ctx, { who: acts(by), person, motive: 'doute' })).id;
    },
    async refuse(id: string, by: TestAuditor) {
      const unmasking = await findUnmasking(ctx.db, acts(by), id, ctx.clock.now());
      if (!unmasking) throw new Error('this request is not there');
      await answerUnmasking(ctx, { who: acts(by), unmasking, code: '', answer: 'refused', reason: 'non' });
    },
    rule: async (code: string, active: boolean) => made(await switchRule(ctx, { code, active, reason: 'essai' })),
    hold: async (target: HoldTarget) => made(await placeHold(owner, { target, ground: 'audit' })).holdId,
    async node() {
      const other = keyringSchema.parse(await makeKeys('other'));
      await registerNode({ keys: { ...bed.keys, journalNode: other.journalNode } }, owner.db);
      return other.journalNode[0].kid;
    },
    revoke: async (key: string) => made(await revokeNode(owner, owner.db, key)),
    async logKey() {
      const origin = `${ctx.config.journal.origin}/actes`;
      const { vkey } = parseSigningKey(makeSigningKey(origin, ED25519));
      made(await announceKeys(owner, owner.db, [vkey.text]));
      return vkey.text;
    },
    retire: async (vkey: string) => made(await retireKeys(owner, owner.db, [vkey])),
    /** The rows that give and take, whole: what a backup takes back and what must be as it was. */
    async rows() {
      const { rows } = await sql<{ table: string; row: Record<string, unknown> }>`
        select 'aidant' as table, to_jsonb(t) as row from aidant t union all select 'auditor', to_jsonb(t) from auditor t
        union all select 'membership', to_jsonb(t) from membership t union all select 'organisation', to_jsonb(t) from organisation t
        union all select 'complaint', to_jsonb(t) from complaint t union all select 'unmasking', to_jsonb(t) from unmasking t
        union all select 'rule', to_jsonb(t) from alert_rule t union all select 'hold', to_jsonb(t) from journal.hold t
        union all select 'node', to_jsonb(t) from journal.node_key t union all select 'log-key', to_jsonb(t) from journal.log_key t
        union all select 'session', to_jsonb(t) from session t`.execute(bed.superuser);
      return (table: string) => rows.filter((one) => one.table === table).map(({ row }) => row);
    },
  };
}
