import { createTransport, type Transporter } from 'nodemailer';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { linksOfText } from '#app/demo/mail-catcher/message.ts';
import { type MailCatcher, startMailCatcher } from '#app/demo/mail-catcher/start.ts';

let catcher: MailCatcher;
let transport: Transporter;

beforeAll(async () => {
  catcher = await startMailCatcher({ httpPort: 0, smtpPort: 0, now: () => new Date('2026-03-02T09:00:00Z') });
  transport = createTransport({ url: catcher.smtpUrl });
});

beforeEach(() => {
  catcher.clear();
  catcher.refuse(false);
});

afterAll(async () => {
  transport?.close();
  await catcher?.close();
});

function send(more: object = {}) {
  return transport.sendMail({
    from: 'Entremise <ne-pas-repondre@entremise.example>',
    to: ['josette.lefevre@courriel.example'],
    subject: 'Votre lien de connexion — à utiliser dans les 5 minutes',
    text: 'Bonjour,\n\nOuvrez http://localhost:3000/connexion?jeton=a%2Bb&x=1.\nCode : 123456\n',
    ...more,
  });
}

describe('what is caught', () => {
  it('is the same by function and over HTTP, newest first', async () => {
    await send();
    await send({ subject: 'Deuxième' });
    const overHttp = await (await fetch(`${catcher.httpUrl}/messages`)).json();
    expect(overHttp).toEqual(catcher.messages());
    expect(overHttp.map((message: { subject: string }) => message.subject)).toEqual([
      'Deuxième',
      'Votre lien de connexion — à utiliser dans les 5 minutes',
    ]);
    expect(overHttp[1]).toEqual({
      to: ['josette.lefevre@courriel.example'],
      from: 'ne-pas-repondre@entremise.example',
      subject: 'Votre lien de connexion — à utiliser dans les 5 minutes',
      text: 'Bonjour,\n\nOuvrez http://localhost:3000/connexion?jeton=a%2Bb&x=1.\nCode : 123456',
      links: ['http://localhost:3000/connexion?jeton=a%2Bb&x=1'],
      receivedAt: '2026-03-02T09:00:00.000Z',
    });
  });

  it('goes by the envelope, hidden copies included', async () => {
    await send({ bcc: 'archive@entremise.example' });
    expect(catcher.messages()[0]?.to).toEqual(['josette.lefevre@courriel.example', 'archive@entremise.example']);
  });

  it('keeps HTML, long lines and the links of both parts once', async () => {
    const long = `http://localhost:3000/${'a'.repeat(200)}`;
    await send({
      text: `Voir ${long}.`,
      html: `<p><a href="${long}">ici</a>, <a href="http://localhost/?a=1&amp;b=2">là</a></p>`,
    });
    expect(catcher.messages()[0]?.links).toEqual([long, 'http://localhost/?a=1&b=2']);
    expect(catcher.messages()[0]?.html).toContain('<a href=');
  });

  it('is emptied by DELETE', async () => {
    await send();
    expect((await fetch(`${catcher.httpUrl}/messages`, { method: 'DELETE' })).status).toBe(204);
    expect(catcher.messages()).toEqual([]);
  });
});

describe('the page', () => {
  it('shows messages as text, links alone can be followed', async () => {
    await send({ subject: '<script>alert(1)</script>' });
    const page = await (await fetch(catcher.httpUrl)).text();
    expect(page).toContain('<html lang="fr">');
    expect(page).toContain('<a href="http://localhost:3000/connexion?jeton=a%2Bb&amp;x=1">');
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page).not.toContain('<script>');
  });

  it('says when there is nothing', async () => {
    expect(await (await fetch(catcher.httpUrl)).text()).toContain('<h1>Aucun message</h1>');
  });
});

it('refuses for a while with 451, then takes messages again', async () => {
  catcher.refuse(true);
  await expect(send()).rejects.toMatchObject({ responseCode: 451 });
  expect(catcher.messages()).toEqual([]);
  catcher.refuse(false);
  await send();
  expect(catcher.messages()).toHaveLength(1);
});

it('leaves the punctuation of the sentence out of a link', () => {
  expect(linksOfText('(voir https://a.example/b, ou « https://c.example/?d=e »).')).toEqual([
    'https://a.example/b',
    'https://c.example/?d=e',
  ]);
});
