/**
 * Every threshold of every rule, in one place: they are shown as they stand on the page of the rules. A change is a change of
 * the rules that aidants are told of.
 */
export const THRESHOLDS = {
  /** `mandates` concluded by one person within `minutes`. */
  H2: { mandates: 3, minutes: 10 },
  /** Hours of Paris, `from` included, `to` excluded, from Monday to Saturday. */
  H1: { from: 7, to: 20 },
  /** `clockSeconds` between two clocks, `sealingSeconds` before an entry has its place. */
  I1: { clockSeconds: 2, sealingSeconds: 60 },
  /** Connections of one aidant in one day, against the days of the aidants of structures of the same type. */
  V1: { days: 28, peerDays: 30, least: 20 },
  /** No act for `idleDays`, then `acts` in one day. */
  V3: { idleDays: 30, acts: 10 },
  /** `aidants` of as many structures for one person in `days`. */
  U1: { aidants: 3, days: 30 },
  /** Two logins of one account from two networks in `minutes`, without a logout between. */
  A1: { minutes: 30 },
} as const;
