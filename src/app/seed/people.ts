/** A person of the demonstration, as FranceConnect would tell it. All are invented. */
export type SeedPerson = {
  sub: string;
  given_name: string;
  family_name: string;
  preferred_username?: string;
  gender: 'female' | 'male' | 'unspecified';
  birthdate: string;
  idp_birthdate?: string;
  birthplace: string;
  birthcountry: string;
  email?: string;
};

const WOMEN =
  'Jeanne Monique Yvette Fatima Ginette Nathalie Aïcha Chantal Élodie Marie-Claude Simone Khadija Brigitte Andrée Sylvie Maïté Odile Zohra Françoise Léa'.split(
    ' ',
  );
const MEN =
  'Roger Michel Ahmed Gérard Christian Mamadou Didier Loïc Jean-Pierre Abdelkader Patrick Hervé Antoine Thierry Idrissa René Benoît Farid Noël Kévin'.split(
    ' ',
  );
const FAMILIES =
  "MARTIN BERNARD DUBOIS THOMAS ROBERT PETIT DURAND LEROY MOREAU SIMON LAURENT LEFÈVRE GARCIA DAVID BERTRAND ROUX VINCENT FOURNIER GIRARD BONNET DUPONT LAMBERT FONTAINE ROUSSEAU MÜLLER HENRY N'DIAYE CHEVALIER DA-COSTA MERCIER D'ALMEIDA BLANC GUÉRIN BOYER GARNIER CHEVREUIL FRANÇOIS LEGRAND GAUTHIER BELKACEM PERRIN ROBIN CLÉMENT MORIN NICOLAS BENSAÏD ROUSSEL MATHIEU GAUTIER MASSON".split(
    ' ',
  );
const COMMUNES =
  '62041 59350 62160 62119 80021 02691 2A004 2B033 13055 69383 44109 67482 97411 35238 33063 76540'.split(' ');
const COUNTRIES = '99352 99350 99139 99330 99109 99351 99243 99341'.split(' ');

/** A generator of numbers below `limit` that always gives the same series for the same seed (mulberry32). */
export function seriesFrom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

const two = (value: number) => String(value).padStart(2, '0');

/** `count` different persons: one in seven born abroad, one in twenty with a presumed birth date, one in six without e-mail. */
export function seedPeople(count: number): SeedPerson[] {
  const pick = seriesFrom(20_260_302);
  const people = new Map<string, SeedPerson>();
  while (people.size < count) {
    const person = personAt(people.size, pick);
    people.set(`${person.family_name} ${person.given_name} ${person.birthdate}`, person);
  }
  return [...people.values()];
}

function personAt(index: number, pick: (limit: number) => number): SeedPerson {
  const from = <Item>(list: readonly Item[]) => list[pick(list.length)] as Item;
  const woman = pick(5) < 3;
  const abroad = index % 7 === 3;
  const presumed = index % 20 === 11;
  const year = 1931 + pick(72);
  return {
    sub: `${(index + 1).toString(16).padStart(64, '0')}v1`,
    given_name: woman ? from(WOMEN) : from(MEN),
    family_name: FAMILIES[index % FAMILIES.length] as string,
    ...(woman && pick(3) === 0 && { preferred_username: FAMILIES[(index * 7 + 3) % FAMILIES.length] as string }),
    gender: woman ? 'female' : 'male',
    birthdate: presumed ? `${year}-01-01` : `${year}-${two(1 + pick(12))}-${two(1 + pick(28))}`,
    ...(presumed && { idp_birthdate: `${year}-00-00` }),
    birthplace: abroad ? '' : from(COMMUNES),
    birthcountry: abroad ? from(COUNTRIES) : '99100',
    ...(index % 6 !== 5 && { email: `personne${index + 1}@courriel.example` }),
  };
}
