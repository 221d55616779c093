import type { Email } from 'postal-mime';

export interface Message {
  /** The addresses of the SMTP envelope: who really receives it. */
  readonly to: readonly string[];
  readonly from: string;
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
  /** Web addresses found in the text, then in the HTML, each once, in order. */
  readonly links: readonly string[];
  /** ISO 8601, UTC. */
  readonly receivedAt: string;
}

export function messageOf(email: Email, recipients: readonly string[], at: Date): Message {
  const text = email.text?.trimEnd() ?? '';
  return {
    to: recipients,
    from: email.from?.address ?? '',
    subject: email.subject ?? '',
    text,
    ...(email.html === undefined ? {} : { html: email.html }),
    links: [...new Set([...linksOfText(text), ...linksOfHtml(email.html ?? '')])],
    receivedAt: at.toISOString(),
  };
}

/** A full stop or a bracket after an address belongs to the sentence. */
export function linksOfText(text: string): string[] {
  return [...text.matchAll(/https?:\/\/[^\s<>"«»]+/g)].map(([link]) => link.replace(/[).,;:!?\]’']+$/, ''));
}

function linksOfHtml(html: string): string[] {
  return [...html.matchAll(/href="(https?:[^"]+)"/g)].map(([, link = '']) => link.replaceAll('&amp;', '&'));
}
