import type { ConsentSection, ConsentText } from '#consent';
import type { Frame } from '#platform/http/frame.ts';
import { Form } from '../../layout/form.tsx';
import { Notice } from '../../layout/parts.tsx';
import { UsagerLayout } from '../../layout/usager-layout.tsx';
import type { DraftHeader } from './draft-header.tsx';

export type AgreementProps = {
  frame: Frame;
  draft: DraftHeader;
  /** Everything that is read here is in it, and nothing else is on the page above the buttons. */
  text: ConsentText;
  textSha256: string;
  /** The text on the screen was not the one of the draft any more. */
  changed: boolean;
};

/** Page 2, for the usager. The article and its two buttons hold the words that are hashed: see #consent, ConsentText. */
export function Agreement({ frame, draft, text, textSha256, changed }: AgreementProps) {
  return (
    <UsagerLayout frame={frame} title={text.title} giveBack={<GiveBack draft={draft} />}>
      {changed && (
        <Notice severity="warning" title="Ce texte a changé">
          <p>Rien n’est encore décidé. Relisez-le, puis répondez.</p>
        </Notice>
      )}
      <article id="accord">
        <h1>{text.title}</h1>
        {text.intro.map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
        {text.sections.map((section) => (
          <Section key={section.title} section={section} />
        ))}
        <Form frame={frame} action={draft.paths.agreement}>
          <input type="hidden" name="text" value={textSha256} />
          <Answers yes={text.yes} no={text.no} />
        </Form>
      </article>
    </UsagerLayout>
  );
}

function Section({ section }: { section: ConsentSection }) {
  const { title, sentences, items, after } = section;
  return (
    <section>
      <h2>{title}</h2>
      {sentences.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      {items.length > 0 && (
        <ul>
          {items.map((item) => (
            <li key={item.label}>
              <strong>{item.label}</strong>
              <br />
              {item.text}
            </li>
          ))}
        </ul>
      )}
      {after.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
    </section>
  );
}

const BRAND = 'FranceConnect';

/** FranceConnect's official button (DSFR, fr-connect), with the whole answer as its name. */
function Answers({ yes, no }: { yes: string; no: string }) {
  return (
    <div className="answers">
      <div className="fr-connect-group">
        <button type="submit" className="fr-connect" name="answer" value="yes">
          <span className="fr-connect__login">{yes.slice(0, -BRAND.length).trimEnd()}</span>{' '}
          <span className="fr-connect__brand">{BRAND}</span>
        </button>
      </div>
      <p>
        <button type="submit" className="fr-btn fr-btn--secondary" name="answer" value="no">
          {no}
        </button>
      </p>
    </div>
  );
}

function GiveBack({ draft }: { draft: DraftHeader }) {
  return (
    <p>
      Pour l’aidant&nbsp;: <a href={draft.paths.themes}>revenir aux thèmes et à la durée</a>,{' '}
      <a href={draft.paths.withoutFranceconnect}>faire sans FranceConnect</a>
    </p>
  );
}
