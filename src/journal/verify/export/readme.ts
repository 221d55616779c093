import type { Manifest } from './manifest.ts';

/**
 * README.txt: what an auditor reads first, and how to verify without us. It says nothing that the manifest does not, so that the
 * verifier writes it again and compares; nor where the service is, which whoever changed an export could change.
 */
export function readmeText(manifest: Manifest): string {
  return textWith(manifest, WORDS);
}

/** What README.txt said of exports that were made before, and are still to be verified. */
export const earlierReadmeTexts = (manifest: Manifest): string[] =>
  EARLIER_WORDS.map((words) => textWith(manifest, words));

/** What has not always been told in the same words. */
type Words = {
  leftOut: (count: number) => string;
  /** Of a selection. */
  leaves: (beside: boolean) => readonly string[];
  erasures: readonly string[];
};

const WORDS: Words = {
  leftOut: (count) =>
    count === 1
      ? '1 entrée demandée n’y est pas : pas encore publiée, ou effacée à son terme.'
      : `${count} entrées demandées n’y sont pas : pas encore publiées, ou effacées à leur terme.`,
  leaves: (beside) => [
    '  leaves/PLACE.json      les entrées',
    ...(beside
      ? ['                         et celles qui les expliquent : serveurs inscrits ou révoqués, effacements']
      : []),
    '  proofs/PLACE.tlog-proof  la preuve de chacune',
  ],
  erasures: [
    '  erasures.jsonl         les effacements qui touchent ces entrées, et ceux de personnes qui ont pu les toucher :',
    '                         de ceux-là, rien ne dit plus quelles entrées ils ont touchées',
  ],
};

const EARLIER_WORDS: readonly Words[] = [
  {
    leftOut: (count) => `${count} entrées demandées n’y sont pas : pas encore publiées, ou effacées à leur terme.`,
    leaves: () => ['  leaves/PLACE.json      les entrées', '  proofs/PLACE.tlog-proof  la preuve de chacune'],
    // every erasure of a person was then listed in every export
    erasures: ['  erasures.jsonl         les effacements qui touchent ces entrées'],
  },
];

function textWith(manifest: Manifest, words: Words): string {
  const { origin, size, disclosures, evidence, leftOut } = manifest;
  return `${[
    'EXPORT DU JOURNAL D’ENTREMISE',
    '',
    manifest.notice,
    '',
    ...(leftOut > 0 ? [words.leftOut(leftOut), ''] : []),
    'CE QUE C’EST',
    `Des entrées du journal ${origin}, telles qu’elles ont été écrites, à l’octet près, et de quoi prouver`,
    `qu’elles sont dans l’arbre de ${size} entrées que le journal a signé et que des témoins ont cosigné.`,
    'Tout se rapporte à ce seul point de contrôle (fichier « checkpoint »).',
    '',
    ...HOW_TO_VERIFY,
    '',
    'CE QU’IL Y A',
    ...filesIn(manifest, words),
    '',
    ...(disclosures > 0 || evidence.length > 0
      ? ['ATTENTION : cet export contient des données personnelles. Gardez-le sous clé, détruisez-le à la fin.', '']
      : []),
    'CE QUE CELA NE PROUVE PAS',
    'Que ce qui est écrit est vrai, ni que tout a été écrit : seulement que ceci a été écrit alors, par ce',
    'service, et que rien n’en a changé depuis.',
  ].join('\n')}\n`;
}

const HOW_TO_VERIFY = [
  'VÉRIFIER',
  'Avec le vérificateur publié par le service, qui tourne seul (Node 20 ou plus, sans réseau) : sur son site,',
  '/journal/journal-verify.mjs ; son empreinte est à côté (/journal/journal-verify.mjs.sha256) : comparez-la avec',
  'celle reçue par une autre voie. Ne prenez ni l’un ni l’autre à une adresse que cet export donnerait.',
  '  node journal-verify.mjs FICHIER.zip --policy POLITIQUE [--previous POINT_DE_CONTROLE]',
  'POLITIQUE : les clés que VOUS croyez (journal et témoins). Ne prenez pas policy.txt d’ici sans le',
  'comparer à ce que le service et les témoins publient. POINT_DE_CONTROLE : celui que vous aviez gardé.',
  'Gardez le fichier « checkpoint » de cet export pour la prochaine fois.',
  'Sans notre vérificateur : « sha256sum -c SHA256SUMS », et tout outil qui lit les formats de c2sp.org',
  '(tlog-tiles, tlog-checkpoint, tlog-proof, tlog-policy, signed-note).',
];

/** One line per file of this export: what is not in it is not told. */
function filesIn({ kind, log, beside, evidence, gone, previous }: Manifest, words: Words): string[] {
  return [
    '  manifest.json          ce que cet export dit de lui-même',
    '  checkpoint             taille et racine du journal, signées et cosignées',
    ...(previous === undefined
      ? []
      : ['  checkpoint.old         un point de contrôle antérieur, auquel celui-ci se rattache']),
    '  policy.txt             les clés que le service annonce ; c’est à la vôtre qu’il faut croire',
    ...(kind === 'range'
      ? [
          '  tile/entries/…         les entrées, par paquets de 256',
          '  tile/0/…, tile/1/…     les empreintes qui mènent des entrées à la racine',
        ]
      : words.leaves(beside.length > 0)),
    ...(kind === 'range' && beside.length > 0
      ? ['  leaves/, proofs/       des entrées données à part : serveurs inscrits ou révoqués, effacements']
      : []),
    ...(log === 'acces'
      ? [
          '  actes/                 des entrées du journal « actes » et leur preuve : serveurs inscrits ou révoqués, effacements',
        ]
      : []),
    '  node-keys.jsonl        les clés des serveurs qui ont écrit',
    '  node-signatures.jsonl  leur signature de chaque entrée',
    '  disclosures.jsonl      ce qui est ouvert des données personnelles (dans les entrées : leur empreinte)',
    ...words.erasures,
    ...(evidence.length > 0 ? ['  consent/NUMERO/        la preuve du consentement de ce mandat'] : []),
    ...(gone.length > 0
      ? [`                         sans les jetons de FranceConnect, effacés à leur terme, pour : ${gone.join(', ')}`]
      : []),
    '  timestamps/            la place des jetons d’horodatage qualifié (RFC 3161)',
    '  SHA256SUMS             l’empreinte de chaque fichier, et de leur ensemble (h1:)',
  ];
}

/** timestamps/README.txt: where qualified timestamps go when the operator has them. */
export const TIMESTAMPS_TEXT = `${[
  'Ici vont les jetons d’horodatage qualifié (RFC 3161) des points de contrôle : TAILLE.tsr.',
  'Le jeton porte sur le fichier « checkpoint » dont la taille est celle de son nom.',
  'Il se vérifie avec : openssl ts -verify -data checkpoint -in TAILLE.tsr -CAfile AUTORITE.pem',
  'Le service n’en demande pas encore.',
].join('\n')}\n`;
