/** A piece of markup that is already escaped. Only {@link html} makes one. */
export interface Html {
  readonly markup: string;
}

type Value = Html | string | number | false | null | undefined | readonly Value[];

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function render(value: Value): string {
  if (value === null || value === undefined || value === false) return '';
  if (typeof value === 'object') return 'markup' in value ? value.markup : value.map(render).join('');
  return String(value).replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** Tagged template: every interpolated string is escaped, nested {@link Html} and lists of it are kept. */
export function html(strings: TemplateStringsArray, ...values: Value[]): Html {
  return { markup: strings.reduce((out, text, index) => out + render(values[index - 1]) + text) };
}

/** Markup made by someone else, and known to be safe (the logout form of oidc-provider). */
export function trusted(markup: string): Html {
  return { markup };
}

const style = trusted(`
  :root { --line: #6a6a6a; --main: #000091; }
  body { font: 1.0625rem/1.5 system-ui, sans-serif; color: #161616; background: #fff; margin: 0; }
  header, main { max-width: 48rem; margin: 0 auto; padding: 1rem; }
  header { border-bottom: 1px solid var(--line); }
  header p { margin: 0; font-weight: bold; }
  h1 { font-size: 1.75rem; line-height: 1.25; }
  h2 { font-size: 1.25rem; margin-top: 2rem; }
  a { color: var(--main); }
  button, .button { font: inherit; display: block; width: 100%; box-sizing: border-box; text-align: left; cursor: pointer;
    padding: .75rem 1rem; margin: 0 0 .5rem; background: #fff; color: var(--main); border: 1px solid var(--main); text-decoration: none; }
  button.main, .button.main { background: var(--main); color: #fff; font-weight: bold; }
  button[disabled] { color: #555; border-color: #929292; background: #eee; cursor: not-allowed; }
  button small { display: block; color: #3a3a3a; }
  :focus-visible { outline: 3px solid #0a76f6; outline-offset: 2px; }
  .notice { border-left: 4px solid #b34000; padding: .5rem 1rem; background: #fff4f0; }
  dl { display: grid; grid-template-columns: minmax(10rem, 1fr) 2fr; gap: .25rem 1rem; }
  dt { font-weight: bold; } dd { margin: 0; overflow-wrap: anywhere; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; background: #f6f6f6; padding: 1rem; }
  ul.plain { list-style: none; padding: 0; }
`);

export interface Page {
  /** Who speaks: the banner of every page of the program. */
  readonly site: string;
  readonly title: string;
  readonly body: Html;
}

/** A whole page: language, title, one banner, one main, one h1. */
export function page({ site, title, body }: Page): string {
  return html`<!doctype html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} - ${site}</title>
<style>${style}</style>
</head>
<body>
<header role="banner"><p>${site}</p></header>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`.markup;
}
