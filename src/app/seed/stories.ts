import { DAY } from '#platform/time/clock.ts';

const HOUR = DAY / 24;

/** What happened to one person of the demonstration: mandates, with their age, and what became of them. */
export type Story = readonly {
  age: number;
  duration: 'SHORT' | 'MONTH' | 'SEMESTER' | 'LONG';
  themes: readonly string[];
  becomes?: { after: number; cause: 'revoked-by-usager' | 'renounced-by-organisation'; theme?: string };
  paper?: 'signed' | 'none';
  /** Connections of now in the person's name, under a mandate in force; the site is what the aidant declares. */
  uses?: readonly { theme: string; site: string }[];
}[];

/** One story after the other for successive persons: every state a mandate can be in comes up. Ages grow with `turn`. */
export function storyOf(index: number, pick: (limit: number) => number): Story {
  const older = pick(60) * DAY + pick(9) * HOUR;
  const stories: Story[] = [
    [
      {
        ...{ age: 12 * DAY + older, duration: 'LONG', themes: ['famille', 'social', 'logement'], paper: 'signed' },
        uses: [
          { theme: 'famille', site: 'CAF' },
          { theme: 'logement', site: 'Demande de logement social' },
        ],
      },
    ],
    [
      {
        ...{ age: 3 * DAY + older, duration: 'SEMESTER', themes: ['papiers', 'famille'], paper: 'signed' },
        uses: [{ theme: 'papiers', site: 'France Titres' }],
      },
    ],
    [{ age: 1 * HOUR + pick(20) * HOUR, duration: 'SHORT', themes: ['argent'] }],
    [{ age: 5 * DAY, duration: 'MONTH', themes: ['social', 'argent'], paper: 'none' }],
    [{ age: 165 * DAY, duration: 'SEMESTER', themes: ['social', 'logement'], paper: 'signed' }],
    [{ age: 40 * DAY + older, duration: 'MONTH', themes: ['papiers'], paper: 'signed' }],
    [
      {
        ...{ age: 80 * DAY + older, duration: 'SEMESTER', themes: ['famille', 'logement'] },
        becomes: { after: 6 * DAY, cause: 'revoked-by-usager' },
      },
    ],
    [
      {
        ...{ age: 70 * DAY + older, duration: 'SEMESTER', themes: ['social'], paper: 'signed' },
        becomes: { after: 20 * DAY, cause: 'renounced-by-organisation' },
      },
    ],
    [
      { age: 90 * DAY + older, duration: 'SEMESTER', themes: ['famille', 'social', 'argent'], paper: 'signed' },
      { age: 2 * DAY, duration: 'SEMESTER', themes: ['social', 'argent'] },
    ],
    [
      {
        ...{ age: 30 * DAY + older, duration: 'SEMESTER', themes: ['famille', 'social', 'logement'], paper: 'signed' },
        becomes: { after: 3 * DAY, cause: 'revoked-by-usager', theme: 'social' },
      },
    ],
  ];
  return stories[index % stories.length] as Story;
}
