/** After this long without an answer (lost network, « Stop »), the form may be sent again. */
const RELEASE_AFTER_MS = 10_000;

/**
 * A second press on a button sends nothing more. The server refuses doubles by itself; this spares the person its page.
 * Buttons are not disabled: a disabled button would lose its name and value, and the focus.
 */
export function guardAgainstDoubleSubmit(window: Window): void {
  window.document.addEventListener('submit', (event) => {
    const form = event.target as HTMLFormElement;
    if (event.defaultPrevented || form.method !== 'post') return;
    if (form.dataset.sent !== undefined) return event.preventDefault();
    form.dataset.sent = '';
    window.setTimeout(() => release(form), RELEASE_AFTER_MS);
  });
  // A page that comes back from the back/forward cache comes back as it was left.
  window.addEventListener('pageshow', () => {
    for (const form of window.document.forms) release(form);
  });
}

function release(form: HTMLFormElement): void {
  delete form.dataset.sent;
}
