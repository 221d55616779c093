import QRCode from 'qrcode';
import type { ReactElement } from 'react';
import { readSnapshot, type Snapshot } from '#consent';
import { birthdateInWords, inWords } from '#platform/time/paris.ts';
import { type DocumentCopy, MandateV1 } from '#views/mandate/document/mandate-v1.tsx';
import { nameInSnapshot } from '../follow/snapshot-name.ts';

export type Copy = {
  copy: DocumentCopy;
  /** On the person's copy, when it has just been made. */
  stopCode: string | null;
};

/**
 * The document of a mandate, from its snapshot alone: whatever has changed since, it says what was agreed that day. One
 * renderer per version of the snapshot; those of old versions stay, unchanged. Throws for a version that never was.
 */
export async function mandateDocument(written: string, copy: Copy): Promise<ReactElement> {
  const { v } = JSON.parse(written) as { v: unknown };
  const renderer = RENDERERS[String(v)];
  if (!renderer) throw new Error(`no renderer for a snapshot of version ${v}`);
  return renderer(written, copy);
}

type Renderer = (written: string, copy: Copy) => Promise<ReactElement>;

const RENDERERS: Readonly<Record<string, Renderer>> = { '1': version1 };

async function version1(written: string, { copy, stopCode }: Copy): Promise<ReactElement> {
  const snapshot = readSnapshot(written);
  return (
    <MandateV1
      snapshot={snapshot}
      copy={copy}
      stopCode={stopCode}
      words={{
        person: nameInSnapshot(snapshot),
        birthdate: birthdateInWords(snapshot.usager.birthdate),
        startsAt: inWords(new Date(snapshot.startsAt)),
        endsAt: inWords(new Date(snapshot.endsAt)),
        replaced: replacedInWords(snapshot),
      }}
      qr={await qrOf(snapshot.addresses.verify)}
    />
  );
}

/** What is replaced is always among the themes of the mandate that replaces. */
function replacedInWords({ replaced, themes }: Snapshot): { theme: string; number: string; endsAt: string }[] {
  return replaced.map(({ theme, number, endsAt }) => ({
    theme: themes.find(({ key }) => key === theme)?.title ?? theme,
    number,
    endsAt: inWords(new Date(endsAt)),
  }));
}

/** A QR as an image that needs no other request. */
async function qrOf(text: string): Promise<string> {
  const svg = await QRCode.toString(text, { type: 'svg', margin: 0, errorCorrectionLevel: 'M' });
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
}
