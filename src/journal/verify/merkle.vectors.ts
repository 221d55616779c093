/**
 * Test data for Merkle proofs; nothing outside the tests reads it. The reference tree and its proofs stand in
 * google/certificate-transparency cpp/merkletree/merkle_tree_test.cc and transparency-dev/merkle testonly/constants.go.
 */

/** Leaves of the reference tree, in hex. */
export const LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];

/** Roots of the trees of the first 0 to 8 of them. */
export const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

export const LEAF_HASHES = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
  '0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7',
  '07506a85fd9dd2f120eb694f86011e5bb4662e5c415a62917033d4a9624487e7',
  'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
  '4271a26be0d8a84f0bd54c8c302e7cb3a3b5d1fa6780a40bcce2873477dab658',
  'b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f',
  '46f6ffadd3d06a09ff3c5860d2755c8b9819db7df44251788c7d8e3180de8eb1',
];

const L01 = 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125';
const L23 = '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e';
const L45 = '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a';
const L67 = 'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0';
const L03 = 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7';
const L47 = '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4';
const L46 = '837dbb152e9b079010717e84e865da4ebc0fa198a806d59d31bf15accef22d0e';
const leafHash = (index: number) => LEAF_HASHES[index] ?? '';

export const INCLUSION_PROOFS = [
  { index: 0n, size: 1n, proof: [] },
  { index: 0n, size: 8n, proof: [leafHash(1), L23, L47] },
  { index: 5n, size: 8n, proof: [leafHash(4), L67, L03] },
  { index: 2n, size: 3n, proof: [L01] },
  { index: 1n, size: 5n, proof: [leafHash(0), L23, leafHash(4)] },
];

/** The last two are ours, from the definition; their shapes are those of the example in RFC 6962 §2.1.3. */
export const CONSISTENCY_PROOFS = [
  { oldSize: 1n, newSize: 1n, proof: [] },
  { oldSize: 1n, newSize: 8n, proof: [leafHash(1), L23, L47] },
  { oldSize: 6n, newSize: 8n, proof: [L45, L67, L03] },
  { oldSize: 2n, newSize: 5n, proof: [L23, leafHash(4)] },
  { oldSize: 6n, newSize: 7n, proof: [L45, leafHash(6), L03] },
  { oldSize: 3n, newSize: 7n, proof: [leafHash(2), leafHash(3), L01, L46] },
  { oldSize: 4n, newSize: 7n, proof: [L46] },
];

/** Ours: roots of trees whose leaves are the texts « leaf 0 », « leaf 1 », …; by two algorithms in two languages. */
export const LARGER_ROOTS: readonly [size: number, root: string][] = [
  [255, 'd71592a219d4067663eede247f9b54c3f9e0290682d55de09b495b07f1de41c9'],
  [256, 'cf5effdb11d0927a2edf53b0e73c7837f659414e00537da5d90eb5c4c49ff274'],
  [257, '855b936aa00cb98b5114484249ad39d78a6be93623e26c01e8e487dc02184a5a'],
  [65536, 'e100ba54d69a91012fc13b7890feac78d6996a097268b6f735d17311c7402a60'],
  [65537, '689b22742cab2adeb36ba622ff2736336464858f5de4a2c02f33bf163e7dca5f'],
  [70000, 'da0532ff7b2ee56f4067110fc964e9f27b5959f9527bfff3fa501aa7584deaf3'],
];
