import { DataTable } from '../../layout/data-table.tsx';
import { Disclosure, Notice, When } from '../../layout/parts.tsx';
import { EntryList } from '../search/entry-list.tsx';
import type { ConnectionRow, MandateFileView } from './mandate-file.tsx';

export function Connections({ connections }: { connections: readonly ConnectionRow[] }) {
  return (
    <>
      <h2 id="connexions">Connexions au nom de la personne</h2>
      <p>
        Le site est celui que l’aidant a déclaré. FranceConnect ne nous dit ni quel site est ouvert, ni ce qui y est
        fait.
      </p>
      {connections.length === 0 ? (
        <p>Le journal n’a aucune connexion pour ce mandat.</p>
      ) : (
        <DataTable
          caption="Connexions au nom de la personne"
          captionHidden
          headers={['Date', 'Thème', 'Site déclaré par l’aidant', 'Aidant', 'Résultat']}
          rows={connections.map((one) => ({
            id: one.id,
            cells: [
              <When key="when" iso={one.iso}>
                <a href={one.href}>{one.when}</a>
              </When>,
              one.theme,
              one.site,
              one.aidant,
              one.result,
            ],
          }))}
        />
      )}
    </>
  );
}

type Listed = Pick<MandateFileView, 'refusals' | 'acts' | 'reads' | 'beside' | 'strays' | 'counter'>;

/** Refusals, then every entry: acts by their number, and who read the mandate. */
export function Entries({ file }: { file: Listed }) {
  const { refusals, acts, reads, beside, strays, counter } = file;
  return (
    <>
      <section aria-labelledby="refus">
        <h2 id="refus">Refus</h2>
        {refusals.length === 0 ? (
          <p>Rien n’a été refusé sous ce mandat.</p>
        ) : (
          <EntryList entries={refusals} label="Refus" />
        )}
      </section>
      <section aria-labelledby="entrees">
        <h2 id="entrees">Toutes les entrées du journal</h2>
        <p>
          <strong>{counter.text}.</strong> Les actes du mandat portent un numéro. Ce qui précède l’accord, ce qui est
          refusé après la fin et le travail des auditeurs n’en ont pas.
        </p>
        <EntryList entries={acts} label="Entrées du mandat" />
        {beside.length > 0 && (
          <>
            <h3>Autres entrées rangées sous ce mandat</h3>
            <p>Elles ne nomment aucun mandat&nbsp;: seul l’index, qui n’est pas une preuve, les range ici.</p>
            <EntryList entries={beside} label="Autres entrées" />
          </>
        )}
        {strays.length > 0 && (
          <Notice severity="error" title="Entrées rangées sous ce mandat, auxquelles il ne faut pas se fier">
            <EntryList entries={strays} label="Entrées qui n’appartiennent pas au mandat" />
          </Notice>
        )}
      </section>
      <section aria-labelledby="lectures">
        <h2 id="lectures">Qui a consulté ce mandat</h2>
        <Disclosure summary={`${reads.length} consultation${reads.length > 1 ? 's' : ''}, dont la vôtre`}>
          <EntryList entries={reads} label="Consultations" />
        </Disclosure>
      </section>
    </>
  );
}
