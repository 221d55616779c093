import { Disclosure } from '../../layout/parts.tsx';

/** What the checks read, as texts; bytes in hexadecimal. */
export type EvidenceTexts = {
  id: string;
  origin: string;
  leaf: string;
  leafHash: string | null;
  readable: string;
  node: string;
  nodeKey: string | null;
  nodeSignature: string;
  proof: string | null;
  policy: string;
};

/** The leaf and what proves it, as they are: the script of the page checks what stands here. */
export function Evidence({ evidence }: { evidence: EvidenceTexts }) {
  const { id, origin, leaf, leafHash, readable, node, nodeKey, nodeSignature, proof, policy } = evidence;
  return (
    <section aria-labelledby="feuille-titre">
      <h2 id="feuille-titre">Ce qui est prouvé</h2>
      <p className="entry-value">
        L’entrée <code data-evidence="id">{id}</code> du journal <code data-evidence="origin">{origin}</code>, écrite
        par le serveur <code>{node}</code>.
      </p>
      <Disclosure summary="La feuille, lisible">
        <Block label="La feuille, lisible">{readable}</Block>
      </Disclosure>
      <Disclosure summary="La feuille, octet par octet">
        <p>Ces octets, en hexadécimal, sont ceux dont l’empreinte est dans l’arbre.</p>
        <Block label="Octets de la feuille" name="leaf">
          {leaf}
        </Block>
        {leafHash && (
          <>
            <p>Empreinte qui est dans l’arbre (SHA-256 de l’octet 00 suivi de la feuille)&nbsp;:</p>
            <Block label="Empreinte de la feuille" name="leaf-hash">
              {leafHash}
            </Block>
          </>
        )}
      </Disclosure>
      <Disclosure summary="La signature du serveur">
        <p>Clé Ed25519 de ce serveur, puis signature de la feuille&nbsp;:</p>
        {nodeKey && (
          <Block label="Clé du serveur" name="node-key">
            {nodeKey}
          </Block>
        )}
        <Block label="Signature du serveur" name="node-signature">
          {nodeSignature}
        </Block>
      </Disclosure>
      {proof && (
        <Disclosure summary="La preuve et le point de contrôle">
          <Block label="Preuve, au format .tlog-proof" name="proof">
            {proof}
          </Block>
        </Disclosure>
      )}
      <Disclosure summary={'La politique\u00a0: clés des journaux et des témoins'}>
        <Block label="Politique" name="policy">
          {policy}
        </Block>
      </Disclosure>
    </section>
  );
}

/** Text as it is, in a box that scrolls and that the keyboard reaches. */
function Block({ label, name, children }: { label: string; name?: string; children: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reached by the keyboard (WCAG 2.1.1)
    <section className="evidence" aria-label={label} tabIndex={0}>
      <pre data-evidence={name}>{children}</pre>
    </section>
  );
}
