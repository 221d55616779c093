/** Printing from a button needs a script: without one the button stays hidden, and the browser's menu prints. */
export function showPrintButtons(document: Document): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-print]')) {
    button.hidden = false;
    button.addEventListener('click', () => window.print());
  }
}
