import type { FieldErrors } from '#platform/http/form.ts';
import type { Frame } from '#platform/http/frame.ts';
import type { DraftHeader } from './draft-header.tsx';

export type VerificationProps = {
  frame: Frame;
  draft: DraftHeader;
  /** « Martine DURAND, née LEFÈVRE ». */
  name: string;
  identity: {
    givenNames: string;
    birthName: string;
    usageName: string | null;
    birthdate: string;
    birthplace: string;
    gender: string;
  };
  /** What FranceConnect changes of a person known here already; null for somebody new. */
  changes: readonly { field: string; before: string; after: string }[] | null;
  email: string | null;
  emailIsProfessional: boolean;
  themes: readonly { title: string; overIndebtedness: boolean }[];
  duration: string;
  ends: { iso: string; words: string };
  replaced: readonly { theme: string; number: string; ends: { iso: string; words: string } }[];
  sessionLeftOpen: boolean;
  declarations: { samePerson: string; notProtected: string };
  seen: string;
  values: { samePerson: boolean; notProtected: boolean; ownEmail: string };
  errors?: FieldErrors | undefined;
};
