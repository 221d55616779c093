import type { Frame } from '#platform/http/frame.ts';
import { Layout } from '../layout/layout.tsx';
import { Email, Phone } from '../layout/parts.tsx';
import { HelpForAidant } from './help-aidant.tsx';
import { HelpForUsager } from './help-usager.tsx';

export function HelpPage({ frame }: { frame: Frame }) {
  const { operator } = frame;
  return (
    <Layout frame={frame} title="Aide">
      <h1>Aide</h1>
      <p className="lead">
        Une question, un doute, un problème&nbsp;? Appelez le <Phone number={operator.phone} /> ({operator.name}) ou
        écrivez à <Email address={operator.email} />.
      </p>
      <nav aria-label="Sur cette page">
        <ul>
          <li>
            <a href="#usager">Un aidant agit en ligne pour vous</a>
          </li>
          <li>
            <a href="#aidant">Vous êtes aidant</a>
          </li>
        </ul>
      </nav>
      <HelpForUsager />
      <HelpForAidant />
    </Layout>
  );
}
