import type { Frame } from '#platform/http/frame.ts';

/** What a door changes in the words and addresses of the pages that all doors share. */
export type DoorWords = {
  /** What stands before the addresses of login, reprise and logout. */
  root: '' | '/auditeur';
  home: { href: string; label: string };
  /** True when somebody in the person's structure may be told that a code was stolen. */
  hasReferent: boolean;
};

const DOORS = {
  aidant: { root: '', home: { href: '/mandats', label: 'mes mandats' }, hasReferent: true },
  auditeur: { root: '/auditeur', home: { href: '/auditeur/recherche', label: 'la recherche' }, hasReferent: false },
} as const satisfies Record<string, DoorWords>;

/** Pages of no door (errors, what everybody reads) speak as the aidants' do. */
export function doorOf({ door }: Pick<Frame, 'door'>): DoorWords {
  return door === 'auditeur' ? DOORS.auditeur : DOORS.aidant;
}
