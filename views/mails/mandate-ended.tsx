/** What the mail says, in words already: dates with day and hour. */
export type MandateEndedProps = {
  structure: { name: string; phone: string };
  /** In groups of four. */
  number: string;
  /** The title of the one theme that ended; null when it is the whole mandate. */
  theme: string | null;
  endedAt: string;
  why: string;
  /** Only an end before the term can be a mistake. */
  mayBeAMistake: boolean;
  operator: { name: string; email: string; phone: string };
  verifyUrl: string;
};

export function mandateEndedSubject({ structure, theme }: MandateEndedProps): string {
  return theme
    ? `Une autorisation donnée à ${structure.name} est terminée`
    : `Votre mandat avec ${structure.name} est terminé`;
}

/** One list of sentences for both forms of the mail, so that they never say different things. */
function paragraphs({ structure, number, theme, endedAt, why, mayBeAMistake }: MandateEndedProps): string[] {
  return [
    'Bonjour,',
    theme
      ? `Vous avez autorisé la structure ${structure.name} à faire des démarches en votre nom. L’autorisation pour le thème «\u00a0${theme}\u00a0» est terminée depuis le ${endedAt}.`
      : `Vous avez autorisé la structure ${structure.name} à faire des démarches en votre nom. Ce mandat est terminé depuis le ${endedAt}.`,
    why,
    theme
      ? 'La structure ne peut plus ouvrir de connexion en votre nom pour ce thème. Les autres thèmes du mandat continuent.'
      : 'La structure ne peut plus ouvrir de connexion en votre nom.',
    'Si un site était déjà ouvert à ce moment-là, il a pu rester ouvert un moment. Les démarches déjà faites restent faites.',
    ...(theme ? [] : ['Vous pouvez demander à la structure de vous rendre son exemplaire du papier.']),
    ...(mayBeAMistake ? [`Vous ne vouliez pas cela\u00a0? Appelez la structure au ${structure.phone}.`] : []),
    `Numéro du mandat\u00a0: ${number}.`,
  ];
}

function footer({ operator }: MandateEndedProps): string {
  return `Vous recevez ce message parce que cette adresse est la vôtre dans FranceConnect, ou parce que vous l’avez donnée. Il est envoyé par Entremise, un service de ${operator.name}. Une question\u00a0? ${operator.email} ou ${operator.phone}.`;
}

export function mandateEndedText(props: MandateEndedProps): string {
  const check = `Pour vérifier que le mandat est terminé\u00a0: ${props.verifyUrl}`;
  return [...paragraphs(props), check, '--', footer(props)].join('\n\n');
}

export function MandateEndedMail(props: MandateEndedProps) {
  return (
    <html lang="fr">
      <head>
        <meta charSet="utf-8" />
        <title>{mandateEndedSubject(props)}</title>
      </head>
      <body style={{ fontFamily: 'Arial, sans-serif', fontSize: '18px', lineHeight: '1.5', maxWidth: '36em' }}>
        {paragraphs(props).map((paragraph) => (
          <p key={paragraph}>{paragraph}</p>
        ))}
        <p>
          <a href={props.verifyUrl}>Vérifier que le mandat est terminé</a>
        </p>
        <hr />
        <p>{footer(props)}</p>
      </body>
    </html>
  );
}
