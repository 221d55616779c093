import { showPrintButtons } from './print-button.ts';
import { watchSessionTime } from './session-time.ts';
import { guardAgainstDoubleSubmit } from './submit-guard.ts';

// Comforts only: every page works without this script.
showPrintButtons(document);
guardAgainstDoubleSubmit(window);
watchSessionTime(document);
(document.getElementById('erreurs') ?? document.querySelector<HTMLElement>('[data-annonce]'))?.focus();
