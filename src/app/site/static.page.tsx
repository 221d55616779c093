import type { ComponentType } from 'react';
import type { Frame } from '#platform/http/frame.ts';
import { html } from '#platform/http/reply.ts';
import type { Page } from '#platform/http/route.ts';

/** A page that depends on nothing but the frame. */
export function staticPage(View: ComponentType<{ frame: Frame }>): Page<unknown> {
  return async ({ frame }) => html(<View frame={frame} />);
}
