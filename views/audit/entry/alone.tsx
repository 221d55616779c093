import { Disclosure } from '../../layout/parts.tsx';

/** How to check without believing this page, nor the server that sent it. */
export function Alone() {
  return (
    <Disclosure summary="Vérifier seul, sans ce serveur">
      <p>
        Cette page est envoyée par le serveur que vous contrôlez, et son programme de vérification aussi. Pour ne rien
        lui devoir&nbsp;:
      </p>
      <ol>
        <li>
          gardez la politique publiée (<a href="/journal/policy.txt">/journal/policy.txt</a>) prise un autre jour, ou
          donnée par un témoin&nbsp;;
        </li>
        <li>téléchargez la preuve de l’entrée, ou exportez le dossier du mandat&nbsp;;</li>
        <li>
          vérifiez l’export sur votre ordinateur, avec Node et <a href="/journal/journal-verify.mjs">ce programme</a>,
          que vous pouvez lire et garder&nbsp;:{' '}
          <code className="code-text">node journal-verify.mjs export.zip --policy policy.txt</code>
        </li>
      </ol>
      <p>
        Le fichier .tlog-proof suit une norme publique (C2SP tlog-proof)&nbsp;: tout programme qui la connaît le
        vérifie, sans rien de nous.
      </p>
    </Disclosure>
  );
}
