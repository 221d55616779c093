import type { WorldDescription } from './description.ts';

/** Prints where everything is and how to come in. */
export function printWelcome({ urls, accounts, personas, clients, journal }: WorldDescription, file: string): void {
  const rowsOf = (role: string) =>
    accounts
      .filter((account) => account.role === role)
      .map(
        ({ email, totpSecret, organisation, note }) =>
          `  ${email.padEnd(38)} ${totpSecret}  ${organisation}${note ? ` (${note})` : ''}`,
      )
      .join('\n');
  const portals = clients.portals.map(({ name }, index) => `  ${name.padEnd(21)} ${urls.portals[index]}`);
  console.log(`
Entremise, démonstration

  Le service            ${urls.app}
  FranceConnect (essai) ${urls.franceconnect}
${portals.join('\n')}
  Les mails envoyés     ${urls.mail}
  Le journal, scellé    ${journal.checkpoints.actes} (témoins : ${journal.witnesses.map(({ url }) => url).join(', ')})

Comptes des aidants (adresse, secret à mettre dans une application de codes, structure)
${rowsOf('aidant')}

Comptes des auditeurs (${urls.app}/auditeur)
${rowsOf('auditeur')}

Usagers du FranceConnect d’essai : ${personas.length}, proposés à l’écran.
Un code à six chiffres pour un compte :  npm run cli -- demo code ADRESSE
Une commande de l’exploitant :           npm run cli -- --demo journal check
Tout ceci, lisible par un programme :    ${file}

Ctrl-C arrête tout. Les données restent ; « npm run demo -- --reset » repart de zéro.
`);
}
