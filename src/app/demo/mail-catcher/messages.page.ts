import { type Html, html, page } from '../web/html.ts';
import { linksOfText, type Message } from './message.ts';

const when = new Intl.DateTimeFormat('fr-FR', { dateStyle: 'long', timeStyle: 'medium', timeZone: 'Europe/Paris' });

/** Every message, newest first, as text with its links. */
export function messagesPage(messages: readonly Message[]): string {
  return page({
    site: 'Messagerie de démonstration',
    title: messages.length === 0 ? 'Aucun message' : 'Messages reçus',
    body: html`<p>Les messages envoyés pendant la démonstration arrivent ici. Ils ne sortent pas de cette machine.</p>
    ${messages.map(messageSection)}`,
  });
}

function messageSection(message: Message): Html {
  const inText = new Set(linksOfText(message.text));
  const others = message.links.filter((link) => !inText.has(link));
  return html`<section>
    <h2>${message.subject}</h2>
    <p>À ${message.to.join(', ')}, de ${message.from}, le ${when.format(new Date(message.receivedAt))}</p>
    <pre>${withLinks(message.text)}</pre>
    ${others.length > 0 && html`<ul>${others.map((link) => html`<li><a href="${link}">${link}</a></li>`)}</ul>`}
  </section>`;
}

function withLinks(text: string): Html[] {
  const parts: Html[] = [];
  let rest = text;
  for (const link of linksOfText(text)) {
    const at = rest.indexOf(link);
    parts.push(html`${rest.slice(0, at)}<a href="${link}">${link}</a>`);
    rest = rest.slice(at + link.length);
  }
  return [...parts, html`${rest}`];
}
