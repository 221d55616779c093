import { assertLocalPortFree } from './ports.ts';

export type DemoPorts = {
  app: number;
  franceconnect: number;
  portals: readonly [number, number];
  mail: number;
  smtp: number;
  signer: number;
  witnesses: readonly [number, number];
};

const VARIABLES = {
  app: ['PORT', 3000],
  franceconnect: ['FRANCECONNECT_PORT', 3001],
  portal: ['PORTAL_PORT', 3002],
  otherPortal: ['OTHER_PORTAL_PORT', 3003],
  mail: ['MAIL_PORT', 3004],
  smtp: ['SMTP_PORT', 3005],
  postgres: ['POSTGRES_PORT', 3006],
  signer: ['SIGNER_PORT', 3007],
  witness: ['WITNESS_PORT', 3008],
  otherWitness: ['OTHER_WITNESS_PORT', 3009],
} as const;

const OF_THE_SERVICE: ReadonlySet<string> = new Set(['app', 'signer', 'witness', 'otherWitness']);

/**
 * The ports of the demonstration: the usual ones, or those the environment names. Throws when one is not a port or is taken;
 * a service that runs already has those of its own programs.
 */
export async function portsOfDemo(env: NodeJS.ProcessEnv, { alreadyServed = false } = {}): Promise<DemoPorts> {
  const port = async (key: keyof typeof VARIABLES) => {
    const value = portFrom(env, key);
    if (!OF_THE_SERVICE.has(key) || !alreadyServed) await assertLocalPortFree(value, VARIABLES[key][0]);
    return value;
  };
  return {
    app: await port('app'),
    franceconnect: await port('franceconnect'),
    portals: [await port('portal'), await port('otherPortal')],
    mail: await port('mail'),
    smtp: await port('smtp'),
    signer: await port('signer'),
    witnesses: [await port('witness'), await port('otherWitness')],
  };
}

/** Where the demonstration's PostgreSQL listens; its own start says whether the port is taken. */
export function postgresPort(env: NodeJS.ProcessEnv): number {
  return portFrom(env, 'postgres');
}

/** An environment variable that should name a port does not. Its message is made to be shown as it is, without a stack. */
class NotAPortError extends Error {
  override name = 'NotAPortError';
}

function portFrom(env: NodeJS.ProcessEnv, key: keyof typeof VARIABLES): number {
  const [name, usual] = VARIABLES[key];
  const value = Number(env[name] ?? usual);
  if (!Number.isInteger(value) || value < 1 || value > 65_535)
    throw new NotAPortError(`${name} is not a port: ${env[name]}`);
  return value;
}
