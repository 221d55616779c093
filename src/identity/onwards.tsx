import type { Frame } from '#platform/http/frame.ts';
import { html, type Reply, redirect } from '#platform/http/reply.ts';
import { Hop } from '#views/layout/hop.tsx';
import { pathOf } from './return-to.rules.ts';

/** Answers a form by going back to where the aidant was. */
export type Onwards = (frame: Frame, to: string) => Reply;

/**
 * By a redirect, unless that address leads away from our site: browsers apply `form-action` to a whole chain of redirects,
 * and would stop there without a word. Then by a page that goes on by itself.
 */
export function onwardsWith(leadsAway: (path: string) => boolean): Onwards {
  return (frame, to) =>
    leadsAway(pathOf(to))
      ? html(<Hop frame={frame} title="On continue" to={to} text="Vous repartez là où vous étiez." />)
      : redirect(to);
}
