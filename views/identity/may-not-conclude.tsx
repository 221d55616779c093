import type { Frame } from '#platform/http/frame.ts';
import { Layout } from '../layout/layout.tsx';

/** For an aidant whose account may use mandates, but not conclude them. */
export function MayNotConclude({ frame, structure }: { frame: Frame; structure: string }) {
  return (
    <Layout frame={frame} title="Vous ne pouvez pas conclure de mandat">
      <h1>Vous ne pouvez pas conclure de mandat</h1>
      <p className="lead">
        Votre compte ne permet pas de conclure des mandats pour {structure}. Rien n’a été enregistré.
      </p>
      <h2>Que faire maintenant&nbsp;?</h2>
      <ul>
        <li>Demandez à un collègue qui peut conclure des mandats de recevoir la personne.</li>
        <li>Si vous devez pouvoir le faire, demandez-le au référent de votre structure.</li>
      </ul>
      <p>
        <a href="/mandats">Revenir à mes mandats</a>
      </p>
    </Layout>
  );
}
