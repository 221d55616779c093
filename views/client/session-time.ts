const WARN_BEFORE_MS = 120_000;
const CHECK_EVERY_MS = 5_000;

/**
 * Announces, two minutes before, that a code will be asked for want of activity, and lets the person go on (RGAA 13.1).
 * The tabs of one browser at one door tell each other of every activity, so that none warns in vain.
 */
export function watchSessionTime(document: Document): void {
  const seconds = Number(document.querySelector<HTMLMetaElement>('meta[name="entremise-activite"]')?.content);
  const dialog = document.querySelector<HTMLDialogElement>('dialog#temps-de-session');
  const form = dialog?.querySelector('form');
  if (!seconds || !dialog || !form) return;

  const tabs = new BroadcastChannel(`entremise-activite ${form.action}`);
  let lastActivity = Date.now();
  const restart = () => {
    lastActivity = Date.now();
    delete dialog.dataset.moment;
    if (dialog.open) dialog.close();
  };
  // The clock is read, not counted: a computer that slept did not stop the server's time.
  const check = () => {
    const left = lastActivity + seconds * 1000 - Date.now();
    if (left <= WARN_BEFORE_MS) show(dialog, left > 0 ? 'soon' : 'over');
  };
  const goOn = async (event: Event) => {
    event.preventDefault();
    if (dialog.dataset.moment === 'over') return dialog.close();
    if (await prolong(form)) {
      restart();
      tabs.postMessage('active');
    } else show(dialog, 'over');
  };

  form.addEventListener('submit', goOn);
  dialog.addEventListener('cancel', goOn);
  tabs.addEventListener('message', restart);
  tabs.postMessage('active');
  document.addEventListener('visibilitychange', check);
  setInterval(check, CHECK_EVERY_MS);
}

/** Each moment is shown once; « over » replaces « soon » in the dialog, which opens again. */
function show(dialog: HTMLDialogElement, moment: 'soon' | 'over'): void {
  if (dialog.dataset.moment === moment) return;
  dialog.dataset.moment = moment;
  for (const part of dialog.querySelectorAll<HTMLElement>('[data-moment]'))
    part.hidden = part.dataset.moment !== moment;
  dialog.setAttribute('aria-labelledby', `temps-de-session-${moment}`);
  dialog.setAttribute('aria-describedby', `temps-de-session-${moment}-texte`);
  // Opened again, so that a screen reader says the new text.
  if (!dialog.open) dialog.showModal();
  else dialog.focus(); // closing it would count as an answer
}

/** True when the server says that the session goes on. Anything else means that a code will be asked. */
async function prolong(form: HTMLFormElement): Promise<boolean> {
  const body = new URLSearchParams({ _csrf: String(new FormData(form).get('_csrf')) });
  try {
    const answer = await fetch(form.action, { method: 'POST', body, redirect: 'error' });
    return answer.ok;
  } catch {
    return false;
  }
}
