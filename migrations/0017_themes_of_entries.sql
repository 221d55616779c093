-- A mandate, an identification, a structure have several themes: the leaf names them under `clear.themes`. The index has them
-- too, so that a search by theme finds whatever bears it. No index of their own: every act would pay for it, and the search
-- looks at themes row by row, within its bound, as it does for one theme.
alter table journal.entry_index add column themes text[];

-- As written, from the leaves. Bytes that do not read, which nobody of ours wrote, are left as they are.
create function journal.themes_of(leaf bytea) returns text[] language plpgsql as $$
declare
  themes jsonb := convert_from(leaf, 'UTF8')::jsonb -> 'clear' -> 'themes';
begin
  return case when jsonb_typeof(themes) = 'array' then array(select jsonb_array_elements_text(themes)) end;
exception when others then
  return null;
end $$;
update journal.entry_index i set themes = told.themes from (
    select e.id, e.log_id, journal.themes_of(e.leaf) as themes from journal.entry e
    where position(convert_to('"themes":[', 'UTF8') in e.leaf) > 0 offset 0
  ) as told
  where told.id = i.id and told.log_id = i.log_id and told.themes is not null;
drop function journal.themes_of;

-- The same function with one more argument; without it as before, for a program of the version before.
drop function journal.append(
  text, uuid, smallint, bytea, bytea, text, text, text, uuid, uuid, uuid, uuid, uuid, text, integer);
create function journal.append(
  node text, id uuid, log_id smallint, leaf bytea, signature bytea, kind text, result text, theme text, aidant uuid,
  organisation uuid, usager uuid, mandate uuid, authorisation uuid, alias text, number integer, themes text[] default null
) returns void language plpgsql as $$
begin
  insert into journal.entry (id, log_id, node, leaf, node_sig)
    values (append.id, append.log_id, append.node, append.leaf, signature);
  insert into journal.entry_index (id, log_id, kind, result, theme, aidant_id, organisation_id, usager_id, mandate_id,
      authorisation_id, mandate_alias, mn, themes)
    values (append.id, append.log_id, append.kind, append.result, append.theme, aidant, organisation, usager, mandate,
      authorisation, alias, number, append.themes);
end $$;

revoke all on function journal.append from public;
grant execute on function journal.append to entremise_app, entremise_worker;
grant insert (themes) on journal.entry_index to entremise_app, entremise_worker;
