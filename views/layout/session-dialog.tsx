/** Closed until views/client/session-time.ts opens it, two minutes before a code is asked. */
export function SessionDialog({ csrfToken }: { csrfToken: string }) {
  return (
    <dialog id="temps-de-session" className="session-dialog" role="alertdialog" aria-labelledby="temps-de-session-soon">
      <form method="post" action="/session/prolonger">
        <input type="hidden" name="_csrf" value={csrfToken} />
        <div data-moment="soon">
          <h2 id="temps-de-session-soon">Êtes-vous toujours là&nbsp;?</h2>
          <p>Sans action de votre part, un code vous sera demandé dans 2&nbsp;minutes.</p>
        </div>
        <div data-moment="over" hidden>
          <h2 id="temps-de-session-over">Un code va vous être demandé</h2>
          <p>Vous n’avez rien fait depuis 15&nbsp;minutes. Le code sera demandé à votre prochaine action.</p>
        </div>
        <p>Rien de ce que vous avez tapé n’est perdu.</p>
        <button type="submit" className="fr-btn">
          Continuer
        </button>
      </form>
    </dialog>
  );
}
