import type { ReactNode } from 'react';
import type { Frame } from '#platform/http/frame.ts';
import { asset } from './assets.ts';

/** Seconds without a request of the aidant after which a code is asked: decisions, « Sessions and forms ». */
const INACTIVITY_S = 15 * 60;

/** The document from `<html>`: every page of the site is one. `error` puts « Erreur : » first in the title. */
export function Document({
  frame,
  title,
  error = false,
  head,
  bodyClass,
  children,
}: {
  frame: Frame;
  title: string;
  error?: boolean | undefined;
  head?: ReactNode;
  bodyClass?: string | undefined;
  children: ReactNode;
}) {
  const { stateBrand } = frame.operator;
  return (
    <html lang="fr" data-brand={stateBrand ? 'state' : 'own'}>
      <head>
        <meta charSet="utf-8" />
        <title>{`${error ? 'Erreur\u00a0: ' : ''}${title} — Entremise`}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="format-detection" content="telephone=no, date=no, address=no" />
        {frame.person && <meta name="entremise-activite" content={String(INACTIVITY_S)} />}
        {head}
        <link rel="stylesheet" href={asset('entremise.css')} />
        {stateBrand && <link rel="stylesheet" href={asset('state-brand.css')} />}
        <link rel="icon" type="image/svg+xml" href={asset('entremise.svg')} />
        <script type="module" src={asset('entremise.js')} />
      </head>
      <body className={bodyClass}>{children}</body>
    </html>
  );
}
