/** What the mail says, in words already: dates with day and hour. */
export type MandateConcludedProps = {
  structure: { name: string; phone: string };
  /** In groups of four. */
  number: string;
  themes: readonly string[];
  startsAt: string;
  endsAt: string;
  /** Titles of the themes that an earlier mandate had and this one takes over. */
  replaced: readonly string[];
  operator: { name: string; email: string; phone: string };
  verifyUrl: string;
  stopUrl: string;
};

export function mandateConcludedSubject({ structure }: MandateConcludedProps): string {
  return `Vous avez autorisé ${structure.name} à faire des démarches en votre nom`;
}

type Part = { title: string; sentences: readonly string[]; items?: readonly string[] };

/** One list of words for both forms of the mail, so that they never say different things. */
function parts({ structure, number, themes, startsAt, endsAt, replaced }: MandateConcludedProps): Part[] {
  return [
    {
      title: 'Ce que vous avez autorisé',
      sentences: [
        `Vous avez lu les conditions et vous avez dit oui en vous identifiant avec FranceConnect. La structure ${structure.name} a accepté le ${startsAt}. Cet accord s’appelle un mandat.`,
        'Elle peut agir à votre place seulement pour\u00a0:',
      ],
      items: themes,
    },
    {
      title: 'Jusqu’à quand',
      sentences: [
        `Le mandat s’arrête tout seul le ${endsAt}.`,
        ...(replaced.length > 0
          ? [`Il remplace ce que vous aviez déjà autorisé à cette structure pour\u00a0: ${replaced.join('\u00a0; ')}.`]
          : []),
      ],
    },
    {
      title: 'Comment arrêter',
      sentences: [
        'Vous pouvez tout arrêter quand vous voulez, sans dire pourquoi. C’est gratuit.',
        'Sur Internet\u00a0: avec le numéro ci-dessous et le code d’arrêt. Le code d’arrêt est écrit seulement sur votre papier\u00a0: gardez-le.',
        `Par téléphone\u00a0: appelez la structure au ${structure.phone}.`,
        'À un guichet\u00a0: dites-le à la structure, ou montrez votre papier dans un autre lieu d’accueil.',
        `Numéro du mandat\u00a0: ${number}.`,
      ],
    },
    {
      title: 'Ce n’était pas vous\u00a0?',
      sentences: [
        `Appelez tout de suite la structure au ${structure.phone}, ou l’assistance ci-dessous. Ne donnez jamais vos mots de passe.`,
      ],
    },
  ];
}

function footer({ operator }: MandateConcludedProps): string {
  return `Vous recevez ce message parce que cette adresse est la vôtre dans FranceConnect, ou parce que vous l’avez donnée. Il est envoyé par Entremise, un service de ${operator.name}. Une question\u00a0? ${operator.email} ou ${operator.phone}.`;
}

const STOP = 'Arrêter le mandat';
const VERIFY = 'Vérifier que le mandat existe';

export function mandateConcludedText(props: MandateConcludedProps): string {
  const blocks = parts(props).map(({ title, sentences, items = [] }) =>
    [title.toUpperCase(), ...sentences, ...items.map((item) => `- ${item}`)].join('\n'),
  );
  const links = [`${STOP}\u00a0: ${props.stopUrl}`, `${VERIFY}\u00a0: ${props.verifyUrl}`].join('\n');
  return ['Bonjour,', ...blocks, links, '--', footer(props)].join('\n\n');
}

export function MandateConcludedMail(props: MandateConcludedProps) {
  return (
    <html lang="fr">
      <head>
        <meta charSet="utf-8" />
        <title>{mandateConcludedSubject(props)}</title>
      </head>
      <body style={{ fontFamily: 'Arial, sans-serif', fontSize: '18px', lineHeight: '1.5', maxWidth: '36em' }}>
        <p>Bonjour,</p>
        {parts(props).map(({ title, sentences, items }) => (
          <div key={title}>
            <h2 style={{ fontSize: '20px' }}>{title}</h2>
            {sentences.map((sentence) => (
              <p key={sentence}>{sentence}</p>
            ))}
            {items && (
              <ul>
                {items.map((item) => (
                  <li key={item}>{item}</li>
                ))}
              </ul>
            )}
          </div>
        ))}
        <p>
          <a href={props.stopUrl}>{STOP}</a>
        </p>
        <p>
          <a href={props.verifyUrl}>{VERIFY}</a>
        </p>
        <hr />
        <p>{footer(props)}</p>
      </body>
    </html>
  );
}
