import { readVariables } from '#platform/config/variables.ts';
import { bootstrap } from '#platform/db/bootstrap.ts';
import { migrate } from '#platform/db/migrate.ts';
import { type Command, CommandError, type Io } from './command.ts';

const PASSWORDS = {
  owner: 'OWNER_PASSWORD',
  app: 'APP_PASSWORD',
  worker: 'WORKER_PASSWORD',
  reader: 'READER_PASSWORD',
} as const;

const bootstrapCommand: Command = {
  name: 'bootstrap',
  summary: 'Crée les rôles et ce que seul un superutilisateur peut créer. Une fois par base ; peut être relancé.',
  async run(_given, io) {
    const superuserUrl = variable(io, 'SUPERUSER_DATABASE_URL', 'la base, sous un superutilisateur');
    const passwords = Object.fromEntries(
      Object.entries(PASSWORDS).map(([role, name]) => [role, password(io, name, role)]),
    ) as Record<keyof typeof PASSWORDS, string>;
    await bootstrap({ superuserUrl, passwords });
    io.say('Rôles et garde-fous du journal en place. Ensuite : npm run cli -- migrate');
  },
};

const migrateCommand: Command = {
  name: 'migrate',
  summary: 'Amène la base au dernier schéma. Plusieurs peuvent être lancés à la fois.',
  async run(_given, io) {
    const urls = readVariables(io.env, ['OWNER_DATABASE_URL', 'WORKER_DATABASE_URL']);
    const ran = await migrate({ ownerUrl: urls.OWNER_DATABASE_URL, workerUrl: urls.WORKER_DATABASE_URL });
    for (const name of ran) io.out(name);
    io.say(ran.length > 0 ? `${ran.length} migration(s) faite(s).` : 'La base est déjà à jour.');
  },
};

function variable({ env }: Io, name: string, purpose: string): string {
  const value = env[name];
  if (!value) throw new CommandError(`${name} manque (${purpose})`);
  return value;
}

function password(io: Io, name: string, role: string): string {
  const value = variable(io, name, `mot de passe du rôle entremise_${role}`);
  if (value.length < 16) throw new CommandError(`${name} est trop court : 16 caractères au moins`);
  return value;
}

export const databaseCommands: readonly Command[] = [bootstrapCommand, migrateCommand];
