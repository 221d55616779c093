import qrcode from 'qrcode';
import type { Io } from './command.ts';

/** Writes, once, what sets the application of codes of a new account. `whose`: « de l’aidant ». */
export async function showFactor(io: Io, uri: string, whose: string): Promise<void> {
  io.out(uri);
  io.say(await qrcode.toString(uri, { type: 'terminal', small: true }));
  io.say(`À mettre dans l’application de codes ${whose}, maintenant : cela ne sera plus montré.`);
}
