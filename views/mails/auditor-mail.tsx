/** What a mail tells an auditor. Nothing about anybody, nor anything that an auditor wrote: that waits behind the login. */
export type AuditorMailProps = {
  about: 'identity-asked' | 'identity-granted' | 'identity-refused' | 'complaint-given' | 'case-shared';
  /** « lundi 2 mars 2026 à 10 h 05 »; empty where there is no end. */
  until: string;
  link: string;
  operator: { name: string; email: string; phone: string };
};

type Words = { subject: string; told: readonly string[]; link: string };

const WORDS: Readonly<Record<AuditorMailProps['about'], (until: string) => Words>> = {
  'identity-asked': (until) => ({
    subject: 'Une demande d’identité attend une réponse',
    told: [
      'Un auditeur demande à voir l’identité d’une personne. Il faut l’accord d’un autre auditeur\u00a0: cela peut être vous.',
      `Vous pouvez accepter ou refuser jusqu’au ${until}. Après, la demande prend fin d’elle-même.`,
    ],
    link: 'Voir les demandes d’identité',
  }),
  'identity-granted': (until) => ({
    subject: 'Votre demande d’identité est acceptée',
    told: [
      'Vous avez demandé à voir l’identité d’une personne. Un autre auditeur a accepté.',
      `L’identité de cette personne vous est ouverte, à vous seul, jusqu’au ${until}.`,
    ],
    link: 'Voir mes demandes d’identité',
  }),
  'identity-refused': () => ({
    subject: 'Votre demande d’identité est refusée',
    told: [
      'Vous avez demandé à voir l’identité d’une personne. Un autre auditeur a refusé.',
      'Sa raison est écrite avec votre demande.',
    ],
    link: 'Voir mes demandes d’identité',
  }),
  'complaint-given': () => ({
    subject: 'Une réclamation vous est confiée',
    told: [
      'Une personne a fait une réclamation sur un mandat. C’est à vous de lui répondre.',
      'L’identité de cette personne vous est ouverte, à vous seul, jusqu’à ce que vous fermiez la réclamation.',
    ],
    link: 'Voir mes réclamations',
  }),
  'case-shared': () => ({
    subject: 'Un dossier de contrôle vous est ouvert',
    told: ['Un auditeur vous a ouvert un de ses dossiers de contrôle. Vous pouvez le lire et y écrire.'],
    link: 'Voir mes dossiers de contrôle',
  }),
};

export function auditorMailSubject({ about, until }: AuditorMailProps): string {
  return WORDS[about](until).subject;
}

function footer({ operator }: AuditorMailProps): string {
  return `Vous recevez ce message parce que vous êtes inscrit comme auditeur dans Entremise, un service de ${operator.name}. Il est envoyé automatiquement\u00a0: ne répondez pas. Une question\u00a0? ${operator.email} ou ${operator.phone}.`;
}

export function auditorMailText(props: AuditorMailProps): string {
  const { told, link } = WORDS[props.about](props.until);
  return ['Bonjour,', ...told, `${link}\u00a0: ${props.link}`, '--', footer(props)].join('\n\n');
}

export function AuditorMail(props: AuditorMailProps) {
  const { subject, told, link } = WORDS[props.about](props.until);
  return (
    <html lang="fr">
      <head>
        <meta charSet="utf-8" />
        <title>{subject}</title>
      </head>
      <body style={{ fontFamily: 'Arial, sans-serif', fontSize: '18px', lineHeight: '1.5', maxWidth: '36em' }}>
        <p>Bonjour,</p>
        {told.map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
        <p>
          <a href={props.link}>{link}</a>
        </p>
        <hr />
        <p>{footer(props)}</p>
      </body>
    </html>
  );
}
