import { z } from 'zod';

const address = z.email().max(254); // RFC 5321 §4.5.3.1.3

/** The address a mail can be sent to in this text, or null: one address, ASCII, no display name, no control character. */
export function readEmail(text: string): string | null {
  return address.safeParse(text.trim()).data ?? null;
}
