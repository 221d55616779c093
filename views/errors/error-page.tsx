import type { ErrorStatus } from '#platform/http/errors.ts';
import type { Frame } from '#platform/http/frame.ts';
import { Layout } from '../layout/layout.tsx';
import { Email, Phone } from '../layout/parts.tsx';
import { errorTextOf } from './error-texts.ts';

/** What happened, what to do now, whom to ask. Needs nothing but the frame: it also renders when the database is away. */
export function ErrorPage({ frame, status, code }: { frame: Frame; status: ErrorStatus; code: string }) {
  const forAuditors = /^\/auditeur(\/|$)/.test(frame.path);
  const { title, what, todo } = errorTextOf(status, code, forAuditors);
  const { operator, requestId } = frame;
  return (
    <Layout frame={forAuditors ? { ...frame, door: 'auditeur' } : frame} title={title}>
      <h1 data-annonce tabIndex={-1}>
        {title}
      </h1>
      {what.map((sentence) => (
        <p key={sentence} className="lead">
          {sentence}
        </p>
      ))}
      <h2>Que faire maintenant&nbsp;?</h2>
      <ul>
        {todo.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
        <li>
          Vous pouvez aussi revenir à{' '}
          {forAuditors ? <a href="/auditeur">l’espace auditeur</a> : <a href="/">l’accueil</a>}
          {frame.person && !forAuditors && (
            <>
              {' '}
              ou à <a href="/mandats">vos mandats</a>
            </>
          )}
          .
        </li>
      </ul>
      <h2>Besoin d’aide&nbsp;?</h2>
      <p>
        Écrivez à <Email address={operator.email} /> ou appelez le <Phone number={operator.phone} /> ({operator.name}).
      </p>
      <p>
        Référence à donner&nbsp;: <span className="code-text">{requestId}</span>{' '}
        <span className="quiet">
          (erreur&nbsp;{status}, {code})
        </span>
      </p>
    </Layout>
  );
}
