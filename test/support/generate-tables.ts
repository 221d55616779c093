import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '#platform/root.ts';

/** The kysely types of a migrated database, as text; with `verify`, throws when src/platform/db/tables.ts is not the same. */
export function generateTables(superuserUrl: string, { verify }: { verify: boolean }): void {
  execFileSync(
    join(projectRoot(), 'node_modules/.bin/kysely-codegen'),
    [
      '--dialect=postgres',
      '--camel-case',
      '--default-schema=public',
      '--include-pattern={public,journal}.*',
      '--exclude-pattern=public.schema_migration',
      '--type-mapping={"int8":"number","timestamptz":"Date"}',
      `--url=${superuserUrl}`,
      `--out-file=${join(projectRoot(), 'src/platform/db/tables.ts')}`,
      ...(verify ? ['--verify'] : []),
    ],
    { stdio: 'pipe' },
  );
}
