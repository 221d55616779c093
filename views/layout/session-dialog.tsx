import type { Frame } from '#platform/http/frame.ts';
import { doorOf } from './door.ts';

/** Worded for whoever is before the screen: at the aidants' door it may be the usager. Closed until views/client/session-time.ts opens it, two minutes before a code is asked. */
export function SessionDialog({ frame }: { frame: Frame }) {
  const code = frame.door === 'auditeur' ? 'votre code' : 'le code de l’aidant';
  return (
    <dialog
      id="temps-de-session"
      className="session-dialog"
      role="alertdialog"
      aria-labelledby="temps-de-session-soon"
      aria-describedby="temps-de-session-soon-texte"
    >
      <form method="post" action={`${doorOf(frame).root}/session/prolonger`}>
        <input type="hidden" name="_csrf" value={frame.csrfToken} />
        <div data-moment="soon">
          <h2 id="temps-de-session-soon">Êtes-vous toujours là&nbsp;?</h2>
          <p id="temps-de-session-soon-texte">Sans action, {code} sera demandé dans 2&nbsp;minutes.</p>
        </div>
        <div data-moment="over" hidden>
          <h2 id="temps-de-session-over">{code[0]?.toUpperCase() + code.slice(1)} va être demandé</h2>
          <p id="temps-de-session-over-texte">
            Rien n’a été fait depuis 15&nbsp;minutes. Ce code sera demandé à la prochaine action.
          </p>
        </div>
        <p>Rien de ce qui a été tapé n’est perdu.</p>
        <button type="submit" className="fr-btn">
          Continuer
        </button>
      </form>
    </dialog>
  );
}
