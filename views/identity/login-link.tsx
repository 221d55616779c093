import type { Frame } from '#platform/http/frame.ts';
import { doorOf } from '../layout/door.ts';
import { Form, Submit } from '../layout/form.tsx';
import { Layout } from '../layout/layout.tsx';
import { CopyableNumber, Phone, When } from '../layout/parts.tsx';

/** The link was opened in the browser that asked for it. Mail scanners open links too: only the button uses it. */
export function LoginLink({ frame, action }: { frame: Frame; action: string }) {
  return (
    <Layout frame={frame} title="Confirmer la connexion">
      <h1>Confirmer la connexion</h1>
      <p className="lead">Un clic de plus, et vous êtes connecté.</p>
      <Form frame={frame} action={action}>
        <div className="actions">
          <Submit>Me connecter</Submit>
        </div>
      </Form>
      <p>
        Ce n’est pas vous qui avez demandé ce message&nbsp;? Ne cliquez pas. <Tell frame={frame} />
        &nbsp;: quelqu’un a votre code.
      </p>
    </Layout>
  );
}

/** The link was opened in another browser than the one that typed the code: the session opens where the code was typed. */
export function LoginLinkElsewhere({
  frame,
  shortCode,
  end,
}: {
  frame: Frame;
  shortCode: string;
  end: { iso: string; words: string };
}) {
  return (
    <Layout frame={frame} title="Retournez là où vous avez commencé">
      <h1>Retournez là où vous avez commencé</h1>
      <p className="lead">
        Vous avez tapé votre code dans un autre navigateur, ou sur un autre appareil. C’est là que la session s’ouvrira.
      </p>
      <p>
        Retournez à la page «&nbsp;Regardez vos messages&nbsp;» et tapez-y ce code, avant le{' '}
        <When iso={end.iso}>{end.words}</When>&nbsp;:
      </p>
      <p className="lead">
        <CopyableNumber number={shortCode} />
      </p>
      <p>
        Vous ne retrouvez pas cette page&nbsp;? <a href={`${doorOf(frame).root}/connexion`}>Recommencez ici</a>, avec
        votre adresse et un nouveau code.
      </p>
      <p>
        Ce n’est pas vous qui avez demandé ce message&nbsp;? Ne donnez ce code à personne. <Tell frame={frame} />.
      </p>
    </Layout>
  );
}

/** Whom to tell that somebody else has the code. */
function Tell({ frame }: { frame: Frame }) {
  const { phone } = frame.operator;
  return doorOf(frame).hasReferent ? (
    <>
      Prévenez le référent de votre structure, ou appelez le <Phone number={phone} />
    </>
  ) : (
    <>
      Appelez tout de suite le <Phone number={phone} />
    </>
  );
}
