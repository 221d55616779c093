import type { ReactElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { Checkbox, CodeField, ErrorSummary, Field, Form, RadioGroup, Submit, TileChoice } from '#views/layout/form.tsx';
import { CopyableNumber, PrintButton, SummaryList, ThemeTags, When } from '#views/layout/parts.tsx';
import { frame } from './tiny-site.tsx';

/** The first element of this name in the markup, as its attributes. */
function attributesOf(element: ReactElement, name: string): Record<string, string> {
  const tag = renderToStaticMarkup(element).match(new RegExp(`<${name}\\b([^>]*)>`))?.[1] ?? '';
  return Object.fromEntries([...tag.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key, value]) => [key, value]));
}

const OPTIONS = [
  { value: 'famille', label: 'Famille', description: 'Allocations, naissance…' },
  { value: 'argent', label: 'Argent', note: 'La personne signe elle-même un dossier de surendettement.' },
];

describe('forms', () => {
  it('are posted with the token of the browser, and checked by the server alone', () => {
    const text = renderToStaticMarkup(
      <Form frame={frame} action="/mandats/nouveau">
        <Submit name="suite" value="oui">
          Continuer
        </Submit>
      </Form>,
    );
    expect(text).toMatch(/<form[^>]* noValidate="" action="\/mandats\/nouveau" method="post"/);
    expect(text).toContain('<input type="hidden" name="_csrf" value="jeton"/>');
    expect(text).toMatch(/<button type="submit" class="fr-btn"[^>]* name="suite">Continuer<\/button>/);
  });
});

describe('fields', () => {
  it('have their name as id, their label, their value, their way of typing', () => {
    const field = <Field name="email" label="Adresse" type="email" autoComplete="email" value="a@b.fr" />;
    expect(attributesOf(field, 'input')).toMatchObject({
      id: 'email',
      name: 'email',
      type: 'email',
      autoComplete: 'email',
      value: 'a@b.fr',
    });
    expect(attributesOf(field, 'label')).toMatchObject({ for: 'email' });
    expect(attributesOf(field, 'input')).not.toHaveProperty('aria-invalid');
  });

  it('are tied to their error', () => {
    const field = <Field name="email" label="Adresse" error="Écrivez une adresse." />;
    expect(attributesOf(field, 'input')).toMatchObject({ 'aria-invalid': 'true', 'aria-describedby': 'email-erreur' });
    expect(renderToStaticMarkup(field)).toContain('<p id="email-erreur" class="fr-message fr-message--error">');
  });

  it('say when they are optional', () => {
    expect(renderToStaticMarkup(<Field name="a" label="Courriel" required={false} />)).toContain(
      'Courriel (facultatif)',
    );
    const conditional = <Field name="a" label="Si non, pourquoi" required="conditional" />;
    expect(renderToStaticMarkup(conditional)).not.toMatch(/facultatif|required/);
  });

  it('never repeat a code, and let it be pasted with its spaces', () => {
    const code = attributesOf(<CodeField error="Attendez le code suivant." />, 'input');
    expect(code).toMatchObject({ id: 'code', autoComplete: 'one-time-code', inputMode: 'numeric' });
    expect(code).not.toHaveProperty('value');
    expect(Number(code.maxLength)).toBeGreaterThan(7);
  });
});

describe('choices', () => {
  it('a box is ticked as before, and tied to its error', () => {
    const box = <Checkbox name="protege" label="Ni tutelle…" checked error="Cochez la case." />;
    expect(renderToStaticMarkup(box)).toContain('checked=""');
    expect(attributesOf(box, 'input')).toMatchObject({
      id: 'protege',
      value: 'oui',
      'aria-describedby': 'protege-erreur',
    });
  });

  it('of one group are under one legend; the first is where an error leads', () => {
    const group = <RadioGroup name="duree" label="Durée" options={OPTIONS} value="argent" error="Choisissez." />;
    const text = renderToStaticMarkup(group);
    expect(text).toContain('<legend class="fr-fieldset__legend">Durée</legend>');
    expect(attributesOf(group, 'fieldset')).toMatchObject({ role: 'radiogroup', 'aria-describedby': 'duree-erreur' });
    expect(text).toMatch(/id="duree"[^>]*value="famille"/);
    expect(text).toMatch(/id="duree-argent"[^>]*value="argent"/);
    expect(text.match(/checked=""/g)).toHaveLength(1);
  });

  it('as tiles show their warning whether chosen or not, and read it with the choice', () => {
    for (const value of [[], ['argent'], 'argent']) {
      const text = renderToStaticMarkup(
        <TileChoice type="checkbox" name="themes" label="Thèmes" options={OPTIONS} value={value} />,
      );
      expect(text).toContain('surendettement');
      expect(text).toMatch(/id="themes-argent"[^>]*aria-describedby="themes-argent-note"/);
      expect(text.match(/checked=""/g)?.length ?? 0).toBe(value.length ? 1 : 0);
    }
  });
});

describe('error summary', () => {
  it('leads to each field, and takes the focus', () => {
    const text = renderToStaticMarkup(<ErrorSummary errors={{ email: 'Écrivez.', form: 'Recommencez.' }} />);
    expect(text).toMatch(/id="erreurs"[^>]*role="alert" tabindex="-1"/);
    expect(text).toContain('Il y a 2 erreurs à corriger');
    expect(text).toContain('<a href="#email">Écrivez.</a>');
    expect(text).toContain('<li>Recommencez.</li>');
  });

  it('is not there without errors', () => {
    expect(renderToStaticMarkup(<ErrorSummary errors={{}} />)).toBe('');
    expect(renderToStaticMarkup(<ErrorSummary errors={undefined} />)).toBe('');
  });
});

describe('parts', () => {
  it('a number is shown, read and copied in groups', () => {
    const text = renderToStaticMarkup(<CopyableNumber number="4F7K9QZ2MXC81TDB" />);
    expect(text.match(/<span>/g)).toHaveLength(4);
    expect(text.replaceAll(/<[^>]+>/g, '')).toBe('4F7K 9QZ2 MXC8 1TDB');
  });

  it('a moment is for machines and for people', () => {
    expect(renderToStaticMarkup(<When iso="2026-12-23T08:41:00.000Z">mercredi à 9 h 41</When>)).toBe(
      '<time dateTime="2026-12-23T08:41:00.000Z">mercredi à 9 h 41</time>',
    );
  });

  it('a print button waits for the script that prints', () => {
    expect(renderToStaticMarkup(<PrintButton />)).toMatch(/<button type="button"[^>]*data-print="true" hidden=""/);
  });

  it('terms and themes are lists', () => {
    expect(renderToStaticMarkup(<SummaryList rows={[{ term: 'Fin', value: 'demain' }]} />)).toContain(
      '<div><dt>Fin</dt><dd>demain</dd></div>',
    );
    expect(renderToStaticMarkup(<ThemeTags themes={['Famille', 'Logement']} />).match(/<li>/g)).toHaveLength(2);
  });
});
