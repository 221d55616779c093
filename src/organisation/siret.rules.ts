const LA_POSTE = '356000000';

/**
 * Whether 14 digits are a SIRET: the Luhn key holds (INSEE, répertoire Sirene). The establishments of La Poste are the
 * exception: the sum of their digits is a multiple of 5.
 */
export function isSiret(digits: string): boolean {
  if (!/^[0-9]{14}$/.test(digits)) return false;
  return luhnHolds(digits) || (digits.startsWith(LA_POSTE) && sumOf([...digits].map(Number)) % 5 === 0);
}

function luhnHolds(digits: string): boolean {
  const doubled = [...digits].map((digit, index) => (index % 2 === 0 ? Number(digit) * 2 : Number(digit)));
  return sumOf(doubled.map((value) => (value > 9 ? value - 9 : value))) % 10 === 0;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
