/** What the mail of a login says, as text and as HTML: the same words, for readers of both. */
export type LoginMailProps = {
  /** At which door the login began. */
  door: 'aidant' | 'auditeur';
  firstName: string;
  link: string;
  /** « 1234 5678 » */
  shortCode: string;
  /** « lundi 2 mars 2026 à 10 h 05 » */
  end: string;
  operator: { name: string; email: string; phone: string };
};

export const LOGIN_MAIL_SUBJECT = 'Votre connexion à Entremise';

/** Who else may be told that a code was stolen. */
const REFERENT = { aidant: 'le référent de votre structure, ou ', auditeur: '' };

export function loginMailText({ door, firstName, link, shortCode, end, operator }: LoginMailProps): string {
  return `Bonjour ${firstName},

Vous avez demandé à vous connecter à Entremise.

Vous lisez ce message dans le navigateur où vous avez tapé votre code\u00a0? Ouvrez ce lien\u00a0:
${link}

Vous le lisez ailleurs (téléphone, autre navigateur)\u00a0? Tapez ce code dans la page «\u00a0Regardez vos messages\u00a0»\u00a0:
${shortCode}

Le lien et le code servent une seule fois, jusqu’au ${end}.

Vous n’avez rien demandé\u00a0? N’ouvrez pas le lien et ne donnez ce code à personne\u00a0: quelqu’un a le code de votre application. Prévenez tout de suite ${REFERENT[door]}${operator.name} (${operator.phone}, ${operator.email}).

Vous recevez ce message parce que vous êtes inscrit comme ${door} dans Entremise. Il est envoyé automatiquement\u00a0: ne répondez pas.
`;
}

export function LoginMail({ door, firstName, link, shortCode, end, operator }: LoginMailProps) {
  return (
    <html lang="fr">
      <head>
        <meta charSet="utf-8" />
        <title>{LOGIN_MAIL_SUBJECT}</title>
      </head>
      <body>
        <p>Bonjour {firstName},</p>
        <p>Vous avez demandé à vous connecter à Entremise.</p>
        <p>
          Vous lisez ce message dans le navigateur où vous avez tapé votre code&nbsp;? Ouvrez ce lien&nbsp;:
          <br />
          <a href={link}>Me connecter à Entremise</a>
        </p>
        <p>
          Vous le lisez ailleurs (téléphone, autre navigateur)&nbsp;? Tapez ce code dans la page «&nbsp;Regardez vos
          messages&nbsp;»&nbsp;:
          <br />
          <strong>{shortCode}</strong>
        </p>
        <p>Le lien et le code servent une seule fois, jusqu’au {end}.</p>
        <p>
          Vous n’avez rien demandé&nbsp;? N’ouvrez pas le lien et ne donnez ce code à personne&nbsp;: quelqu’un a le
          code de votre application. Prévenez tout de suite {REFERENT[door]}
          {operator.name} ({operator.phone}, <a href={`mailto:${operator.email}`}>{operator.email}</a>).
        </p>
        <p>
          Vous recevez ce message parce que vous êtes inscrit comme {door} dans Entremise. Il est envoyé
          automatiquement&nbsp;: ne répondez pas.
        </p>
      </body>
    </html>
  );
}
