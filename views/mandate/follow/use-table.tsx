import { DataTable } from '../../layout/data-table.tsx';
import { When } from '../../layout/parts.tsx';

export type UseRow = {
  id: string;
  iso: string;
  when: string;
  theme: string;
  site: string;
  aidant: string;
  result: string;
};

/** Connections in a person's name. The site is what the aidant said: FranceConnect does not tell. */
export function UseTable({ uses }: { uses: readonly UseRow[] }) {
  return (
    <DataTable
      caption="Liste des connexions"
      captionHidden
      headers={['Date', 'Thème', 'Site déclaré par l’aidant', 'Aidant', 'Résultat']}
      rows={uses.map((use) => ({
        id: use.id,
        cells: [
          <When key="when" iso={use.iso}>
            {use.when}
          </When>,
          use.theme,
          use.site,
          use.aidant,
          use.result,
        ],
      }))}
    />
  );
}
