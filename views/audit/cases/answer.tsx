import type { Frame } from '#platform/http/frame.ts';
import { Layout } from '../../layout/layout.tsx';
import { BackLink, PrintButton } from '../../layout/parts.tsx';

export type AnswerLetter = {
  /** The person's name, when it is open to this auditor; else a blank to fill in by hand. */
  to: string | null;
  operator: { name: string; address: string; email: string; phone: string };
  today: string;
  /** How the complaint came, when, and what it says: « Vous nous avez écrit le … ». */
  asked: string;
  says: string;
  structure: string;
  number: string;
  known: readonly string[];
  connections: readonly string[];
  unknown: readonly string[];
  answer: string;
  reasons: string;
  next: readonly string[];
  auditor: string;
};

/** The letter to a person who says they never signed: short sentences, one fact each. Printed, signed and sent by the auditor. */
export function AnswerPage({
  frame,
  caseHref,
  caseNumber,
  complaintHref,
  letter,
}: {
  frame: Frame;
  caseHref: string;
  caseNumber: string;
  complaintHref: string;
  letter: AnswerLetter;
}) {
  return (
    <Layout frame={frame} title={`Lettre de réponse, dossier de contrôle ${caseNumber}`}>
      <BackLink href={caseHref}>Dossier de contrôle {caseNumber}</BackLink>
      <div className="screen-only">
        <h1>Lettre de réponse</h1>
        <p>
          Relisez, imprimez, signez, envoyez. Joignez le texte du mandat, imprimé depuis le dossier du mandat. Quand la
          lettre est partie, vous pouvez <a href={complaintHref}>clore la réclamation</a>&nbsp;: l’identité de la
          personne est alors de nouveau masquée pour vous.
        </p>
        <div className="actions">
          <PrintButton />
        </div>
      </div>
      <Letter letter={letter} />
    </Layout>
  );
}

function Letter({ letter }: { letter: AnswerLetter }) {
  const { operator } = letter;
  return (
    <article className="answer-letter" aria-label="Lettre">
      <p>
        {operator.name}
        <br />
        {operator.address}
        <br />
        {operator.phone} – {operator.email}
      </p>
      <p>
        À&nbsp;:{' '}
        {letter.to ?? <span className="answer-letter__blank">(nom et adresse de la personne, à écrire à la main)</span>}
      </p>
      <p>Le {letter.today}</p>
      <p>Bonjour,</p>
      <p>
        {letter.asked} Vous dites&nbsp;: «&nbsp;{letter.says}&nbsp;». Vous parlez du mandat numéro {letter.number},
        donné à la structure {letter.structure}.
      </p>
      <p>Nous avons regardé ce qui est gardé sur ce mandat. Voici ce que nous avons trouvé.</p>
      <h2>Ce que nous savons</h2>
      <List items={letter.known} />
      {letter.connections.length > 0 && (
        <>
          <p>La structure s’est connectée en votre nom&nbsp;:</p>
          <List items={letter.connections} />
          <p>Le nom du site est celui que l’aidant a donné. Nous ne pouvons pas le vérifier.</p>
        </>
      )}
      <h2>Ce que nous ne savons pas</h2>
      <List items={letter.unknown} />
      <h2>Notre réponse</h2>
      <p>
        <strong>{letter.answer}</strong>
      </p>
      <p className="plain-text">{letter.reasons}</p>
      <p>Cette réponse a été donnée par une personne, pas par un ordinateur. Un juge peut en décider autrement.</p>
      <h2>Ce que vous pouvez faire</h2>
      <List items={letter.next} />
      <p>
        {letter.auditor}, auditeur
        <br />
        Signature&nbsp;:
      </p>
    </article>
  );
}

function List({ items }: { items: readonly string[] }) {
  return (
    <ul>
      {items.map((item) => (
        <li key={item}>{item}</li>
      ))}
    </ul>
  );
}
