/** Overseas numbering zones that share the ten digits of France, and those with six digits and a code of their own. */
const TEN_DIGIT_ZONES = ['33', '262', '590', '594', '596'];
const SIX_DIGIT_ZONES = ['508', '681', '687'];
const EIGHT_DIGIT_ZONES = ['689'];

/**
 * A French phone number, mainland or overseas, as it is printed on papers: « 03 21 00 00 00 », « +508 41 05 60 ».
 * Undefined when it is not one.
 */
export function readPhone(typed: string): string | undefined {
  const compact = typed.replace(/[\s\u00a0\u202f.()-]/g, '').replace(/^00/, '+');
  if (/^0[1-9][0-9]{8}$/.test(compact)) return inPairs(compact);
  if (!/^\+[0-9]{9,13}$/.test(compact)) return undefined;
  const national = TEN_DIGIT_ZONES.map((zone) => /^0?([1-9][0-9]{8})$/.exec(after(compact, zone))?.[1]).find(Boolean);
  if (national) return inPairs(`0${national}`);
  return local(compact, SIX_DIGIT_ZONES, /^[0-9]{6}$/) ?? local(compact, EIGHT_DIGIT_ZONES, /^[0-9]{8}$/);
}

function after(compact: string, zone: string): string {
  return compact.startsWith(`+${zone}`) ? compact.slice(zone.length + 1) : '';
}

function local(compact: string, zones: readonly string[], digits: RegExp): string | undefined {
  const zone = zones.find((candidate) => digits.test(after(compact, candidate)));
  return zone && `+${zone} ${inPairs(after(compact, zone))}`;
}

function inPairs(digits: string): string {
  return digits.match(/../g)?.join(' ') ?? digits;
}

const OVERSEAS = '971 972 973 974 975 976 977 978 984 986 987 988'.split(' ');

/** Whether a text is the code of a département or of an overseas collectivity: 01 to 95, 2A and 2B for 20, 971 to 988. */
export function isDepartement(code: string): boolean {
  if (OVERSEAS.includes(code) || code === '2A' || code === '2B') return true;
  return /^[0-9]{2}$/.test(code) && code !== '20' && Number(code) >= 1 && Number(code) <= 95;
}
