/**
 * Cases of transparency-dev/merkle testdata/ (Apache-2.0, facts only), named by their path there: a sample against which the
 * tests check that they make all of them anew. Byte strings are in base64. Nothing outside the tests reads this.
 */

const ROOT_8 = 'XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=';
const ROOT_6 = 'duZ9rbzfHhDht03cYIq9L5jfsW+851J3tSMqEn8gh+8=';
const ROOT_5 = 'Tju7H3tHjc/nH7YxYxUZo7yhLJrvyhYSv85ME6hiZNQ=';
const ROOT_3 = 'rra8/idLcKFPsGel5VeCZNsPqbUa9eC6FZFY8yngbnc=';
const ROOT_2 = '+sVCA+fMaWzw38tCySodnbr3CtnmIfS9jZhmLwDjwSU=';
const ROOT_1 = 'bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=';
const EMPTY = '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';
const SOME = 'q6yroAAAAAAAAAAAAAAAAAAAAAAAAAAAAGAGHgASNFY=';
const LEAF_1 = 'lqKW0iTyhcZ77pPDD4owkVfw2qNdxbh+QQt4YwoJz8c=';
const LEAF_4 = 'vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms=';
const NODE_23 = 'Xwg/ChozygdqlSeYMlgNs+DvRYS9/x9UyKNg9Q3jAx4=';
const NODE_47 = 'a0eq8p7jwq+a+Im8H7klTavTEXfxYjLdaqsDXKOb9uQ=';
const DONT_CARE_1 = 'ZG9uJ3QgY2FyZSAx';
const DONT_CARE_2 = 'ZG9uJ3QgY2FyZSAy';

export type InclusionCase = {
  file: string;
  leafIdx: bigint;
  treeSize: bigint;
  root: string;
  leafHash: string;
  proof: string[];
  wantErr: boolean;
};

/** Files under testdata/inclusion/, byte strings in base64. */
export const INCLUSION_CASES: InclusionCase[] = [
  { file: '0/happy-path', leafIdx: 0n, treeSize: 1n, root: ROOT_1, leafHash: ROOT_1, proof: [], wantErr: false },
  {
    file: '1/leafIdx-sub-@1',
    leafIdx: 18446744073709551615n,
    treeSize: 8n,
    root: ROOT_8,
    leafHash: ROOT_1,
    proof: [LEAF_1, NODE_23, NODE_47],
    wantErr: true,
  },
  {
    file: '1/inserted-component',
    leafIdx: 0n,
    treeSize: 8n,
    root: ROOT_8,
    leafHash: ROOT_1,
    proof: [LEAF_1, SOME, NODE_23, NODE_47],
    wantErr: true,
  },
  {
    file: '2/happy-path',
    leafIdx: 5n,
    treeSize: 8n,
    root: ROOT_8,
    leafHash: 'QnGia+DYqE8L1UyMMC58s6O10fpngKQLzOKHNHfatlg=',
    proof: [LEAF_4, 'yoVOoSjtBQtBs1/8G4e46yveRh6eO1WW7Oa51ZdaCuA=', '037kGJdt2VdTwcc4Yrk5j6Kiz5tP8P3+izDNlSCWFLc='],
    wantErr: false,
  },
  {
    file: '3/preceding-garbage',
    leafIdx: 2n,
    treeSize: 3n,
    root: ROOT_3,
    leafHash: 'ApjRIpBtz8EIkstTpzmS/FufST6kybrbJ7eRtBJ6f+c=',
    proof: ['', ROOT_2],
    wantErr: true,
  },
  {
    file: '4/wrong-leaf',
    leafIdx: 1n,
    treeSize: 5n,
    root: ROOT_5,
    leafHash: 'V3JvbmdMZWFm',
    proof: [ROOT_1, NODE_23, LEAF_4],
    wantErr: true,
  },
  {
    file: '4/treeSize-div-@2',
    leafIdx: 1n,
    treeSize: 2n,
    root: ROOT_5,
    leafHash: LEAF_1,
    proof: [ROOT_1, NODE_23, LEAF_4],
    wantErr: true,
  },
  {
    file: 'additional/0/empty-root-and-random-leaf',
    leafIdx: 0n,
    treeSize: 0n,
    root: EMPTY,
    leafHash: SOME,
    proof: [],
    wantErr: true,
  },
  {
    file: 'additional/2/random-leaf',
    leafIdx: 1n,
    treeSize: 0n,
    root: '',
    leafHash: SOME,
    proof: [],
    wantErr: true,
  },
  {
    file: 'additional/3/empty-root',
    leafIdx: 2n,
    treeSize: 1n,
    root: EMPTY,
    leafHash: '',
    proof: [],
    wantErr: true,
  },
];

export type ConsistencyCase = {
  file: string;
  size1: bigint;
  size2: bigint;
  root1: string;
  root2: string;
  proof: string[];
  wantErr: boolean;
};

/** Files under testdata/consistency/, byte strings in base64. */
export const CONSISTENCY_CASES: ConsistencyCase[] = [
  { file: '0/happy-path', size1: 1n, size2: 1n, root1: ROOT_1, root2: ROOT_1, proof: [], wantErr: false },
  {
    file: '1/happy-path',
    size1: 1n,
    size2: 8n,
    root1: ROOT_1,
    root2: ROOT_8,
    proof: [LEAF_1, NODE_23, NODE_47],
    wantErr: false,
  },
  {
    file: '1/modified-proof@1-bit-@4',
    size1: 1n,
    size2: 8n,
    root1: ROOT_1,
    root2: ROOT_8,
    proof: [LEAF_1, 'Twg/ChozygdqlSeYMlgNs+DvRYS9/x9UyKNg9Q3jAx4=', NODE_47],
    wantErr: true,
  },
  {
    file: '2/swapped-roots',
    size1: 6n,
    size2: 8n,
    root1: ROOT_8,
    root2: ROOT_6,
    proof: [
      'DrxdNDf74tsVi58Sah0RjjCBgQMdCpSfje3t68VY72o=',
      'yoVOoSjtBQtBs1/8G4e46yveRh6eO1WW7Oa51ZdaCuA=',
      '037kGJdt2VdTwcc4Yrk5j6Kiz5tP8P3+izDNlSCWFLc=',
    ],
    wantErr: true,
  },
  {
    file: '3/preceding-proof-@0',
    size1: 2n,
    size2: 5n,
    root1: ROOT_2,
    root2: ROOT_5,
    proof: [NODE_23, NODE_23, LEAF_4],
    wantErr: true,
  },
  {
    file: '3/trailing-garbage',
    size1: 2n,
    size2: 5n,
    root1: ROOT_2,
    root2: ROOT_5,
    proof: [NODE_23, LEAF_4, ''],
    wantErr: true,
  },
  {
    file: '4/truncated-proof',
    size1: 6n,
    size2: 7n,
    root1: ROOT_6,
    root2: '3bib5AOAnjJXUNPSY814kpwpQreUKjS3fhIslZSnTIw=',
    proof: ['DrxdNDf74tsVi58Sah0RjjCBgQMdCpSfje3t68VY72o=', 'sIaT7C5yFZcTBkHoIR5+7cy0wmQTlj7ubB4u0W/7Gl8='],
    wantErr: true,
  },
  ...(
    [
      ['consistency-check-on-empty-tree-(size1-is-zero)-is-useless', 0n, 1n, EMPTY, EMPTY, [EMPTY], true],
      ['roots-do-not-match-and-sizes-are-zero', 0n, 0n, EMPTY, DONT_CARE_2, [], true],
      ['size1-is-greater-than-size2-again', 2n, 1n, DONT_CARE_1, DONT_CARE_2, [], true],
      ['size1-is-zero-and-does-not-equal-size2', 0n, 1n, DONT_CARE_1, DONT_CARE_2, [], true],
      ['size1-is-zero-and-size2-is-not-zero', 0n, 1n, EMPTY, DONT_CARE_2, [], true],
      ['sizes-are-equal-(one)-but-roots-are-not', 1n, 1n, DONT_CARE_1, DONT_CARE_2, [], true],
      ['sizes-are-equal-one-and-proof-is-empty', 1n, 1n, DONT_CARE_2, DONT_CARE_2, [], false],
      ['sizes-are-equal-zero-and-proof-is-empty', 0n, 0n, DONT_CARE_1, DONT_CARE_1, [], false],
      ['sizes-do-not-watch-and-proof-is-empty', 1n, 2n, DONT_CARE_1, DONT_CARE_2, [], true],
      ['sizes-match-but-proof-is-not-empty-and-sizes-are-one', 1n, 1n, EMPTY, EMPTY, [EMPTY], true],
    ] as const
  ).map(([file, size1, size2, root1, root2, proof, wantErr]) => ({
    file: `additional/${file}`,
    ...{ size1, size2, root1, root2, proof: [...proof], wantErr },
  })),
];
