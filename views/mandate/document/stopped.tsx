import type { Frame } from '#platform/http/frame.ts';
import { Layout } from '../../layout/layout.tsx';
import { CopyableNumber, Email, Notice, Phone } from '../../layout/parts.tsx';

export function StoppedPage({ frame, number, since }: { frame: Frame; number: string; since: string }) {
  const { operator } = frame;
  return (
    <Layout frame={frame} title="Le mandat est arrêté">
      <h1>Le mandat est arrêté</h1>
      <Notice severity="success" title={`Il est terminé depuis le ${since}.`}>
        <p>
          Numéro <CopyableNumber number={number} />
        </p>
      </Notice>
      <ul>
        <li>La structure ne peut plus ouvrir de connexion en votre nom avec ce mandat.</li>
        <li>
          Si un site était déjà ouvert, il peut rester ouvert un moment. Les démarches déjà faites restent faites.
        </li>
        <li>
          Si nous avons votre adresse <span className="unbroken">e-mail,</span> vous recevez un message.
        </li>
        <li>Vous pouvez demander à la structure de vous rendre son exemplaire du papier.</li>
      </ul>
      <p>
        Une question&nbsp;? <Phone number={operator.phone} /> ou <Email address={operator.email} />.
      </p>
    </Layout>
  );
}
