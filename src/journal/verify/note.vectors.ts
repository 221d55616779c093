/** Test data for signed notes; nothing outside the tests reads it. */

/** C2SP signed-note: the specification's example of a key and a note. */
export const C2SP_EXAMPLE = {
  vkey: 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k',
  text: 'This is an example message.\n',
  line: '— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=',
};

/** golang.org/x/mod sumdb/note/note_test.go (facts only). The seed is what its private key holds after the type byte. */
export const GO = {
  seed: Buffer.from('AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz', 'base64').subarray(1),
  vkey: 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
  text: "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n",
  line: '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=',
  otherVkey: 'EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop',
  otherLine: '— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=',
  badVkeys: [
    'PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==',
    'PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
  ],
};

/** Ours: a whole cosigned checkpoint, signed with the seeds 32 × 0x01 (log) and 32 × 0x02 (witness) at 1767225600; made in two languages. */
export const OURS = {
  logVkey: 'journal.example.test/2026+eff5f4af+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c',
  witnessVkey: 'witness.example.test/w1+b4f59ab9+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU',
  origin: 'journal.example.test/2026',
  time: 1_767_225_600n,
  note: `journal.example.test/2026
8
XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=

— journal.example.test/2026 7/X0r7Ba37uxH9Ud5F/3Y/VHUjFxJ0niJdH8gPpIibx7+GpBfG7oXOh1v9OVrzt/0Yg84kk17RGueOCxJjEC42XMIQU=
— witness.example.test/w1 tPWauQAAAABpVbkAJ8Oa8jwOeLIV5l0fpt+4u7kF07ektl8FqHxrhWSlvmY5CD7dcuhQwsQcaZCnECD3YFEj1cOJFqdeXZYrhfNfCA==
`,
};
