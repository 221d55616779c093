import type { ConsentSection, ConsentText } from '#consent';
import { Disclosure } from '../../layout/parts.tsx';

/** The words of the person's screen, all of them and in order: the two buttons are part of what is hashed. */
export function ShownText({
  text,
  hash,
  declarations,
}: {
  text: ConsentText | null;
  hash: string | null;
  declarations: readonly string[];
}) {
  return (
    <section aria-labelledby="texte">
      <h2 id="texte">Le texte montré à la personne</h2>
      {text ? (
        <>
          <p>
            Version {text.version}. Empreinte SHA-256, recalculée à l’instant&nbsp;:{' '}
            <code className="hash-text">{hash}</code>
          </p>
          <Disclosure summary="Lire le texte, mot pour mot">
            <blockquote className="shown-text">
              <h3>{text.title}</h3>
              {text.intro.map((sentence) => (
                <p key={sentence}>{sentence}</p>
              ))}
              {text.sections.map((section) => (
                <Section key={section.title} section={section} />
              ))}
              <p className="shown-text__button">{text.yes}</p>
              <p className="shown-text__button">{text.no}</p>
            </blockquote>
          </Disclosure>
        </>
      ) : (
        <p>
          Le texte n’est pas montré&nbsp;: ce qui est gardé n’est pas ce à quoi le journal s’est engagé, ou a été
          effacé.
        </p>
      )}
      {declarations.length > 0 && (
        <>
          <h3>Ce que l’aidant a déclaré en acceptant</h3>
          <ul>
            {declarations.map((declaration) => (
              <li key={declaration}>{declaration}</li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function Section({ section: { title, sentences, items, after } }: { section: ConsentSection }) {
  return (
    <>
      <h4>{title}</h4>
      {sentences.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      {items.length > 0 && (
        <ul>
          {items.map(({ label, text }) => (
            <li key={label}>
              <strong>{label}</strong>
              <br />
              {text}
            </li>
          ))}
        </ul>
      )}
      {after.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
    </>
  );
}
