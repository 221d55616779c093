import { DataTable } from '../../layout/data-table.tsx';
import { Disclosure, SummaryList } from '../../layout/parts.tsx';
import { type ClosedLog, OfClosedLog } from './closed-log.tsx';

export type SampleProof = {
  size: string;
  root: string;
  /** In the order of their bytes. */
  cosignatures: readonly string[];
  note: string | null;
  closed: ClosedLog | null;
  kind: string;
  from: string;
  to: string;
  structures: readonly string[];
  count: string;
  seedText: string;
  seed: string;
  steps: readonly { counter: string; value: string; position: string }[];
  /** The draw was computed again just now, and gives the positions that are kept. */
  holds: boolean;
};

/** The calculation, for whoever does it again. */
export function HowTo({ proof, isTrial }: { proof: SampleProof; isTrial: boolean }) {
  return (
    <section aria-labelledby="refaire">
      <h2 id="refaire">Refaire ce tirage</h2>
      <p>
        {proof.holds ? (
          <strong>Le calcul vient d’être refait&nbsp;: il donne les mêmes rangs.</strong>
        ) : (
          <strong>Le calcul vient d’être refait, et donne d’autres rangs. Ne vous fiez pas à ce tirage.</strong>
        )}{' '}
        Avec l’export du journal «&nbsp;actes&nbsp;», chacun peut le refaire sans nous.
      </p>
      {proof.closed && <OfClosedLog {...proof.closed} />}
      <ol className="steps-list">
        <li>
          {isTrial
            ? 'Prendre le dernier point de contrôle publié au moment de l’essai'
            : 'Prendre le premier point de contrôle publié qui contient tout ce qui a été écrit ce mois-là'}
          &nbsp;: celui de taille <strong>{proof.size}</strong>. Vérifier ses cosignatures avec la politique publiée.
        </li>
        <li>
          Garder, dans l’ordre du journal, les entrées <code>{proof.kind}</code> de ce point de contrôle, réussies (
          <code>r</code> vaut <code>ok</code>), dont <code>t</code> va de <code>{proof.from}</code> (compris) à{' '}
          <code>{proof.to}</code> (non compris) et dont <code>org</code> est l’une des structures ci-dessous. Il y en a{' '}
          <strong>{proof.count}</strong>, de rang 0 et suivants.
        </li>
        <li>
          Calculer la graine&nbsp;: SHA-256 des 32&nbsp;octets de la racine, suivis des cosignatures des témoins de la
          politique, puis du texte ci-dessous (UTF-8, chaque ligne finie par un retour à la ligne). De chaque
          cosignature, prendre les 72&nbsp;octets qui suivent l’identifiant de la clé&nbsp;; les ranger dans l’ordre de
          leurs octets.
        </li>
        <li>
          Pour le compteur 0, 1, 2…&nbsp;: prendre les 8&nbsp;premiers octets de SHA-256(graine, compteur sur
          8&nbsp;octets), en nombre entier, l’octet de poids fort en premier. Écarter ce nombre s’il atteint le plus
          grand multiple de {proof.count} qui tient sous 2<sup>64</sup>. Le reste de sa division par {proof.count} est
          le rang. Écarter un rang déjà sorti. S’arrêter à 20&nbsp;rangs, ou à tous s’il y en a moins.
        </li>
      </ol>
      <SummaryList
        rows={[
          { term: 'Racine (hexadécimal)', value: <code className="hash-text">{proof.root}</code> },
          {
            term: 'Cosignatures (hexadécimal)',
            value: proof.cosignatures.map((one) => (
              <div key={one}>
                <code className="hash-text">{one}</code>
              </div>
            )),
          },
          { term: 'Texte', value: <pre className="plain-pre">{proof.seedText}</pre> },
          { term: 'Graine (hexadécimal)', value: <code className="hash-text">{proof.seed}</code> },
        ]}
      />
      <Disclosure summary="Le calcul, pas à pas">
        <DataTable
          caption="Nombres tirés"
          captionHidden
          headers={['Compteur', 'Nombre', 'Rang']}
          rows={proof.steps.map(({ counter, value, position }) => ({ id: counter, cells: [counter, value, position] }))}
        />
      </Disclosure>
      <Disclosure summary={`Les structures (${proof.structures.length})`}>
        <ul>
          {proof.structures.map((id) => (
            <li key={id}>
              <code className="hash-text">{id}</code>
            </li>
          ))}
        </ul>
      </Disclosure>
      {proof.note && (
        <Disclosure summary="Le point de contrôle, avec ses cosignatures">
          <pre className="plain-pre">{proof.note}</pre>
        </Disclosure>
      )}
      <h3>Ce que le tirage ne prouve pas</h3>
      <p>
        Que ce qui a été tiré ressemble à tout le reste&nbsp;: un petit nombre ne dit pas tout. La graine dépend des
        cosignatures&nbsp;: l’exploitant ne peut pas calculer un tirage avant que les témoins aient signé. Il peut
        encore essayer, avec eux&nbsp;: leur demander plusieurs fois de cosigner, à des heures différentes, et ne
        publier que le point de contrôle qui lui convient. Les témoins le voient&nbsp;: ils reçoivent plus de demandes
        qu’il n’y a de points de contrôle publiés. Rien ne tient si tous les témoins s’entendent avec lui.
      </p>
    </section>
  );
}
