import type { Frame } from '#platform/http/frame.ts';
import { DataTable } from '../layout/data-table.tsx';
import { Layout } from '../layout/layout.tsx';
import { Email, Phone } from '../layout/parts.tsx';
import { Recipients, WhatIsKept } from './personal-data-lists.tsx';

/** What RGPD art. 13 and 14 ask to be said. Durations: decisions, « Domain, fixed points ». */
export function PersonalDataPage({ frame }: { frame: Frame }) {
  const { operator } = frame;
  return (
    <Layout frame={frame} title="Données personnelles">
      <h1>Données personnelles</h1>
      <p className="lead">
        Nous gardons ce qu’il faut pour prouver qui a autorisé quoi, et rien pour vous suivre ou vous vendre quelque
        chose.
      </p>

      <h2>Qui est responsable</h2>
      <p>
        {operator.name}, {operator.address}. Pour toute question&nbsp;: <Email address={operator.email} /> ou{' '}
        <Phone number={operator.phone} />. Le délégué à la protection des données&nbsp;:{' '}
        <Email address={operator.dpo} />.
      </p>

      <h2>Pourquoi, et de quel droit</h2>
      <p>
        Pour qu’une personne puisse faire faire ses démarches en ligne par un professionnel, et pour pouvoir le
        vérifier. C’est une mission d’intérêt public (RGPD, article&nbsp;6, paragraphe&nbsp;1, point&nbsp;e).
      </p>
      <p>
        L’autorisation que la personne donne dans le mandat est celle d’un contrat (code civil, article&nbsp;1984). Elle
        n’est pas le «&nbsp;consentement&nbsp;» du RGPD.
      </p>

      <h2>Quelles données</h2>
      <WhatIsKept />

      <h2>Qui les reçoit</h2>
      <Recipients />

      <h2>Combien de temps</h2>
      <RetentionTable />

      <h2>Le journal</h2>
      <p>
        Les entrées du journal ne peuvent être ni changées ni effacées&nbsp;: c’est ce qui en fait une preuve. Elles ne
        contiennent ni nom ni adresse lisibles. Quand vos données sont effacées, ce qui permettrait de vous reconnaître
        dans le journal l’est aussi.
      </p>

      <h2>Vos droits</h2>
      <p>Vous pouvez nous demander&nbsp;:</p>
      <ul>
        <li>de voir vos données et d’en avoir une copie&nbsp;;</li>
        <li>de corriger ce qui est faux&nbsp;;</li>
        <li>de geler un usage, le temps d’une vérification&nbsp;;</li>
        <li>d’effacer ce qui n’est plus utile à la preuve&nbsp;;</li>
        <li>de ne plus traiter vos données, pour une raison qui tient à votre situation (droit d’opposition).</li>
      </ul>
      <p>
        Écrivez à <Email address={operator.email} /> ou à {operator.name}, {operator.address}. Nous répondons sous un
        mois. Pour <a href="/revoquer">arrêter un mandat</a>, il n’est pas besoin d’écrire.
      </p>
      <p>
        Si notre réponse ne vous convient pas, vous pouvez vous plaindre à la{' '}
        <a href="https://www.cnil.fr/fr/plaintes">Cnil</a>&nbsp;: 3&nbsp;place de Fontenoy, TSA&nbsp;80715,
        75334&nbsp;Paris CEDEX&nbsp;07, téléphone 01&nbsp;53&nbsp;73&nbsp;22&nbsp;22.
      </p>

      <h2>Cookies</h2>
      <p>
        Seulement ceux qu’il faut pour rester connecté et protéger les formulaires. Ils s’effacent quand vous fermez le
        navigateur. Un autre reste une heure sur l’ordinateur d’où une personne part chez FranceConnect&nbsp;: il
        empêche que FranceConnect réponde pour elle à la place d’une autre. Aucune mesure d’audience, aucun contenu venu
        d’ailleurs.
      </p>
    </Layout>
  );
}

const RETENTION = [
  ['Dossier d’un mandat', '3\u00a0ans après sa fin, puis 3\u00a0ans en archive à l’accès restreint'],
  ['Identité dans un mandat en préparation', 'effacée quand la préparation expire, au bout de 2\u00a0heures'],
  ['Compte d’un aidant', 'tant qu’il est actif, puis comme les mandats où il apparaît'],
  ['Traces des accès (connexions au service, lectures)', '12\u00a0mois'],
  ['Traces des échanges avec FranceConnect', '36\u00a0mois'],
  ['Réclamation, dossier de contrôle d’un auditeur', '36\u00a0mois après la réponse ou la décision'],
  ['Tirage au sort pour un contrôle', '36\u00a0mois'],
  ['Alerte d’une règle de contrôle', '12\u00a0mois après sa décision\u00a0; 36\u00a0mois sans décision'],
  ['Demande d’un auditeur de voir une identité', '12\u00a0mois après sa fin'],
  ['Compte d’un auditeur', '12\u00a0mois après sa fermeture, et tant qu’un dossier signé par lui est gardé'],
] as const;

function RetentionTable() {
  return (
    <DataTable
      caption="Durées de conservation"
      captionHidden
      headers={['Données', 'Gardées']}
      rows={RETENTION.map(([what, howLong]) => ({ id: what, cells: [what, howLong] }))}
    />
  );
}
