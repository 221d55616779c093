import { renderToStaticMarkup } from 'react-dom/server';
import supertest from 'supertest';
import { describe, expect, it } from 'vitest';
import { ErrorPage } from '#views/errors/error-page.tsx';
import { Hop } from '#views/layout/hop.tsx';
import { Layout } from '#views/layout/layout.tsx';
import { NOTICES } from '#views/layout/notices.ts';
import { UsagerLayout } from '#views/layout/usager-layout.tsx';
import { frame, operator, person, STATIC_PATHS, STATUSES, tinySite } from './tiny-site.tsx';

const site = supertest(tinySite());

const PAGES = [...STATIC_PATHS, ...STATUSES.map((status) => `/erreur/${status}`)];

/** Text as a person reads it: no tags, no entities that matter here. */
function textOf(markup: string): string {
  return markup
    .replaceAll(/<[^>]+>/g, '\n')
    .replaceAll('&#x27;', '’')
    .replaceAll('&amp;', '&');
}

describe.each(PAGES)('page %s', (path) => {
  it('is one whole French document: title, one h1, landmarks, skip links', async () => {
    const { text, status, headers } = await site.get(path);
    expect(status).toBe(path.startsWith('/erreur/') ? Number(path.slice(8)) : 200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(text).toMatch(/^<!DOCTYPE html><html lang="fr"/);
    expect(text).toMatch(/<title>[^<]+ — Entremise<\/title>/);
    expect(text.match(/<h1/g)).toHaveLength(1);
    for (const landmark of ['<header', '<main id="contenu"', '<nav id="menu"', '<footer id="pied"'])
      expect(text.split(landmark), landmark).toHaveLength(2);
    expect(text).toContain('href="#contenu"');
    expect(text).toContain('Accessibilité\u00a0: non conforme');
  });

  it('has no inline style, no inline script, no handler, and nothing from elsewhere', async () => {
    const { text } = await site.get(path);
    expect(text).not.toMatch(/\sstyle=|<style|\son[a-z]+=/);
    expect(text).not.toMatch(/<script[^>]*>[^<]/);
    for (const [, url] of text.matchAll(/(?:src|<link[^>]*href)="([^"]+)"/g)) expect(url).toMatch(/^\/statique\//);
  });

  it('never gives two elements the same id, and every anchor leads somewhere', async () => {
    const { text } = await site.get(path);
    const ids = [...text.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, anchor] of text.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(anchor);
  });

  it('keeps French punctuation on the line of its word', async () => {
    const { text } = await site.get(path);
    expect(textOf(text).match(/.* [:;?!»].*|.*« .*|.*\d (?:minutes|heures|mois|ans|chiffres).*/g)).toBeNull();
  });
});

it('the home page leads to the log-in, to the check of a mandate and to its end', async () => {
  const { text } = await site.get('/');
  for (const path of ['/connexion', '/verifier', '/revoquer']) expect(text).toContain(`href="${path}"`);
});

it('the site map names every page of the site frame', async () => {
  const { text } = await site.get('/plan-du-site');
  for (const path of STATIC_PATHS) expect(text).toContain(`href="${path}"`);
});

it('the accessibility page claims nothing without an audit, and gives the ways of appeal', async () => {
  const { text } = await site.get('/accessibilite');
  expect(text).toContain('<strong>non conforme</strong>');
  expect(text).not.toMatch(/(partiellement|totalement) conforme/);
  expect(text).toContain('Défenseur des droits');
  expect(text).toContain(operator.email);
});

it('the personal data page says what RGPD art. 13 asks', async () => {
  const text = textOf((await site.get('/donnees-personnelles')).text);
  for (const said of [
    'mission d’intérêt public',
    'droit d’opposition',
    '12\u00a0mois',
    '36\u00a0mois',
    'Cnil',
    operator.address,
  ])
    expect(text).toContain(said);
});

describe('error pages', () => {
  it.each(STATUSES)('%i says what to do, whom to ask and which reference to give', (status) => {
    const text = textOf(renderToStaticMarkup(<ErrorPage frame={frame} status={status} code="essai" />));
    for (const said of ['Que faire maintenant', operator.email, operator.phone, frame.requestId])
      expect(text).toContain(said);
  });

  it('503 says that nothing is lost', async () => {
    expect((await site.get('/erreur/503')).text).toContain('Le service redémarre, rien n’est perdu.');
  });

  it('a form that could not be verified is explained as such', () => {
    const text = renderToStaticMarkup(<ErrorPage frame={frame} status={403} code="formulaire-non-verifie" />);
    expect(text).toContain('Ce formulaire n’a pas pu être vérifié');
  });
});

describe('layout', () => {
  const page = (changes: Partial<typeof frame>, error = false) =>
    renderToStaticMarkup(
      <Layout frame={{ ...frame, ...changes }} title="Essai" error={error}>
        <h1>Essai</h1>
      </Layout>,
    );

  it('names the person at work and their structure, and logs out by POST with the token', () => {
    const text = page({ person });
    expect(text).toContain('CCAS de Romilly');
    expect(text).toContain('Sophie Martin');
    expect(text).toContain('href="/structure"');
    expect(text).toMatch(/<form action="\/deconnexion" method="post"><input type="hidden" name="_csrf" value="jeton"/);
    expect(page({ person: { ...person, canSwitch: false } })).not.toContain('href="/structure"');
  });

  it('announces the session’s time on the pages of a person at work only', () => {
    expect(page({ person })).toContain('name="entremise-activite" content="900"');
    expect(page({ person })).toContain('un code vous est demandé');
    expect(page({})).not.toContain('entremise-activite');
    expect(page({})).not.toContain('temps-de-session');
  });

  it('marks the current page, and the current section', () => {
    expect(page({ person, path: '/mandats/nouveau' })).toContain('<a href="/mandats/nouveau" aria-current="page">');
    expect(page({ person, path: '/mandats/nouveau' })).toContain('<a href="/mandats">');
    expect(page({ person, path: '/mandats/XYZ' })).toContain('<a href="/mandats" aria-current="true">');
  });

  it('puts « Erreur » first in the title of a form with errors', () => {
    expect(page({}, true)).toContain('<title>Erreur\u00a0: Essai — Entremise</title>');
  });

  it('tells each notice once, and nothing for an unknown code', () => {
    for (const [code, { text }] of Object.entries(NOTICES)) expect(textOf(page({ notice: code }))).toContain(text);
    expect(page({ notice: 'constructor' })).not.toContain('fr-alert');
  });

  it('shows the State’s brand to nobody but who may use it', () => {
    expect(page({})).not.toMatch(/Marianne|République|fr-logo|state-brand/);
    const entitled = page({ operator: { ...operator, stateBrand: true } });
    expect(entitled).toContain('/statique/state-brand.css');
    expect(entitled).toContain('fr-logo');
  });

  it('leaves nothing on the usager’s screen but its content, the warning of time and the way back to the aidant', () => {
    const text = renderToStaticMarkup(
      <UsagerLayout frame={{ ...frame, person }} title="Ce que vous autorisez" giveBack={<a href="/x">Rendre</a>}>
        <h1>Ce que vous autorisez</h1>
      </UsagerLayout>,
    );
    expect(text).not.toMatch(/<nav|<header|Sophie Martin/);
    expect(text).toContain('name="entremise-activite" content="900"');
    expect(text).toContain('id="temps-de-session"');
    expect(text).toContain('Rendre');
  });

  it('hops to our own address by itself, and by a link', () => {
    const text = renderToStaticMarkup(
      <Hop frame={frame} title="Vers FranceConnect" to="/fc?a=1&b=2" text="Attendez." />,
    );
    expect(text).toContain('<meta http-equiv="refresh" content="0; url=/fc?a=1&amp;b=2"/>');
    expect(text).toContain('<a class="fr-btn" href="/fc?a=1&amp;b=2">');
  });
});
