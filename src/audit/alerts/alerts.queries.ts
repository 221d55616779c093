import { type SqlBool, sql } from 'kysely';
import type { AuditorAtWork } from '#identity';
import type { Db, Trx } from '#platform/db/database.ts';
import { isUuid } from '#platform/ids/ids.ts';
import { inScope } from '../scope.ts';

type Who = Pick<AuditorAtWork, 'departements'>;

const ALERTS_PER_PAGE = 25;

/** An alert within the départements of who asks; one about the journal itself is for auditors of the whole country. */
export type AlertRow = {
  id: string;
  rule: string;
  urgent: boolean;
  explanation: string;
  entries: number;
  raisedAt: Date;
  organisationId: string | null;
  organisationName: string | null;
  departement: string | null;
  decision: string | null;
  decisionSealed: Buffer | null;
  decidedAt: Date | null;
  decidedBy: string | null;
};

export type AlertFilters = {
  state: 'open' | 'decided';
  rule?: string | undefined;
  organisationIds?: readonly string[] | undefined;
  /** [from, to) of the instant at which it was raised. */
  from?: Date | undefined;
  to?: Date | undefined;
};

/** After an alert in the list, or before it. */
export type AlertEdge = { after?: string | undefined; before?: string | undefined };

export async function findAlert(db: Db | Trx, who: Who, id: string): Promise<AlertRow | undefined> {
  if (!isUuid(id)) return undefined;
  return alertsInScope(db, who).where('alert.id', '=', id).executeTakeFirst();
}

/** The first entries that an alert rests on, oldest first. */
export async function entriesOfAlert(db: Db, alertId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('alertEntry')
    .select('entryId')
    .where('alertId', '=', alertId)
    .orderBy('entryId')
    .execute();
  return rows.map(({ entryId }) => entryId);
}

/** One page of alerts: defects first, then the newest; `more` in the direction that was asked. One query, one keyset. */
export async function listAlerts(
  db: Db,
  who: Who,
  { state, rule, organisationIds, from, to }: AlertFilters,
  { after, before }: AlertEdge,
): Promise<{ rows: AlertRow[]; more: boolean }> {
  const edge = before ?? after;
  const [order, compared] = before ? (['asc', sql`>`] as const) : (['desc', sql`<`] as const);
  let query = alertsInScope(db, who).where('alert.decidedAt', state === 'open' ? 'is' : 'is not', null);
  if (rule) query = query.where('alert.rule', '=', rule);
  if (organisationIds) query = query.where(sql<SqlBool>`alert.organisation_id = any(${[...organisationIds]}::uuid[])`);
  if (from) query = query.where('alert.raisedAt', '>=', from);
  if (to) query = query.where('alert.raisedAt', '<', to);
  if (edge) {
    query = query.where(
      sql<SqlBool>`(alert.urgent, alert.id) ${compared} (select e.urgent, e.id from alert e where e.id = ${edge})`,
    );
  }
  const rows = await query
    .orderBy('alert.urgent', order)
    .orderBy('alert.id', order)
    .limit(ALERTS_PER_PAGE + 1)
    .execute();
  const kept = rows.slice(0, ALERTS_PER_PAGE);
  return { rows: before ? kept.toReversed() : kept, more: rows.length > ALERTS_PER_PAGE };
}

function alertsInScope(db: Db | Trx, who: Who) {
  return db
    .selectFrom('alert')
    .leftJoin('organisation', 'organisation.id', 'alert.organisationId')
    .leftJoin('auditor', 'auditor.id', 'alert.decidedBy')
    .select([
      ...(['alert.id', 'alert.rule', 'alert.urgent', 'alert.explanation', 'alert.entries', 'alert.raisedAt'] as const),
      ...(['alert.organisationId', 'organisation.name as organisationName', 'organisation.departement'] as const),
      ...(['alert.decision', 'alert.decisionSealed', 'alert.decidedAt'] as const),
      sql<string | null>`auditor.first_name || ' ' || auditor.last_name`.as('decidedBy'),
    ])
    .where(inScope(who));
}

/** Where a rule stands: whether it is on, why since it was last switched, and what its impact assessment is called. */
export type RuleState = {
  code: string;
  active: boolean;
  needsAssessment: boolean;
  impactAssessment: string | null;
  switchedAt: Date | null;
  reason: string | null;
};

export async function ruleStates(db: Db): Promise<RuleState[]> {
  const { rows } = await sql<RuleState>`
    select r.code, r.active, r.needs_assessment, r.impact_assessment, r.switched_at, s.reason
    from alert_rule r left join lateral (
      select reason from alert_rule_switch s where s.code = r.code order by s.switched_at desc, s.id desc limit 1) s on true
    order by r.code`.execute(db);
  return rows;
}

/** What became of the alerts of each rule, among those that this auditor may see. */
export type RuleOutcome = { rule: string; open: number; normal: number; toFollow: number; reported: number };

export async function ruleOutcomes(db: Db, who: Who): Promise<RuleOutcome[]> {
  const { rows } = await sql<RuleOutcome>`
    select alert.rule, count(*) filter (where decision is null) as open, count(*) filter (where decision = 'normal') as normal,
      count(*) filter (where decision = 'to-follow') as to_follow, count(*) filter (where decision = 'reported') as reported
    from alert left join organisation on organisation.id = alert.organisation_id
    where ${inScope(who)} group by alert.rule`.execute(db);
  return rows;
}
