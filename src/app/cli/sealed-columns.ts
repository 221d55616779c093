/**
 * Every column that holds what `seal` made with the `data` ring, with the columns of its primary key and how the key names
 * the row in the additional data. Subject keys of the journal are apart: `rewrapSubjectKeys`. A test compares this list
 * with the columns of the database.
 */
export type SealedColumn = {
  table: string;
  column: string;
  key: readonly string[];
  /** The row's name, from the values of its key as text (bytea in hexadecimal). */
  rowOf(key: readonly string[]): string;
};

const byId = (table: string, column: string, key = 'id'): SealedColumn => ({
  table,
  column,
  key: [key],
  rowOf: ([id = '']) => id,
});

export const sealedColumns: readonly SealedColumn[] = [
  byId('aidant', 'totp_secret'),
  byId('auditor', 'totp_secret'),
  byId('alert', 'decision_sealed'),
  byId('unmasking', 'motive_sealed'),
  byId('unmasking', 'refusal_sealed'),
  {
    table: 'kept_form',
    column: 'sealed',
    key: ['session_id_hash', 'path'],
    rowOf: ([session = '', path = '']) => `${session} ${path}`,
  },
  byId('mandate_draft', 'attempt_sealed'),
  byId('mandate_draft', 'identity_sealed'),
  byId('mandate_draft', 'evidence_sealed'),
  byId('mandate_draft', 'id_token_hint_sealed'),
  byId('mandate', 'stop_code_sealed'),
  byId('consent_evidence', 'sealed', 'mandate_id'),
  byId('oidc_client', 'secret_sealed', 'client_id'),
  byId('audit_case', 'subject_sealed'),
  byId('audit_case', 'decision_sealed'),
  byId('audit_case_note', 'sealed'),
];
