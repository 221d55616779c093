import { CopyableNumber } from '../../layout/parts.tsx';
import type { MandateV1Props } from './mandate-v1.tsx';

/** As people type it: « entremise.example/revoquer ». */
function typed(address: string): string {
  return address.replace(/^https?:\/\//, '');
}

/** How anyone checks the paper, and how the person stops. The stop code is on their copy only. */
export function Checks({ snapshot: { number, addresses, operator }, copy, stopCode }: MandateV1Props) {
  const verify = typed(addresses.verify).replace(new RegExp(`/${number}$`), '');
  return (
    <section className="mandate-document__checks keep-together">
      <p>
        <strong>Vérifier</strong> que ce mandat est vrai et en cours&nbsp;:{' '}
        <span className="mandate-document__address">{verify},</span> numéro <CopyableNumber number={number} />.
      </p>
      {copy === 'usager' && stopCode && (
        <p>
          <strong>Arrêter tout de suite</strong>&nbsp;:{' '}
          <span className="mandate-document__address">{typed(addresses.stop)},</span> même numéro, code d’arrêt{' '}
          <CopyableNumber number={stopCode} />. Je garde ce code pour moi. Il est seulement sur cet exemplaire.
        </p>
      )}
      <p>
        <strong>Une question</strong>&nbsp;: {operator.name}, <span className="unbroken">{operator.phone}.</span>
      </p>
    </section>
  );
}

/** Two boxes that are never cut by the end of a page. */
export function Signatures({ snapshot: { organisation, aidant }, words }: MandateV1Props) {
  return (
    <section className="mandate-document__signing keep-together">
      <p>
        Fait en deux exemplaires à {organisation.city || '____________________'}, le {words.startsAt}.
      </p>
      <div className="mandate-document__boxes">
        <div>
          <strong>La personne</strong>
          <br />
          {words.person}
        </div>
        <div>
          <strong>Pour la structure</strong>
          <br />
          {aidant.firstName} {aidant.lastName}
        </div>
      </div>
    </section>
  );
}
