import { z } from 'zod';
import { systemClock } from '#platform/time/clock.ts';
import { failToStart, StartError } from '../fail-to-start.ts';
import { stopSignal } from '../stop-signal.ts';
import { startPartners } from './partners.ts';
import { portsOfDemo } from './ports-of-demo.ts';

const secret = z.string({ error: 'missing' }).min(32, 'too weak: 32 characters at least');
const environment = z.object({
  FRANCECONNECT_CLIENT_SECRET: secret,
  IDENTITY_PROVIDER_CLIENT_SECRET: secret,
  SUBJECTS_SECRET: secret,
  SIMULATORS_HOST: z.string().optional(),
});

/** The partners of the demonstration alone, beside a service configured by its own environment: docs/deploy.md. */
async function main(): Promise<void> {
  const env = environmentFrom(process.env);
  const partners = await startPartners(
    await portsOfDemo(process.env, { alreadyServed: true }),
    {
      relyingPartySecret: env.FRANCECONNECT_CLIENT_SECRET,
      identityProviderSecret: env.IDENTITY_PROVIDER_CLIENT_SECRET,
      portalSecrets: [env.SUBJECTS_SECRET, env.SUBJECTS_SECRET],
      subjects: env.SUBJECTS_SECRET,
    },
    systemClock,
    env.SIMULATORS_HOST,
  );
  await stopSignal();
  await partners.close();
}

function environmentFrom(env: NodeJS.ProcessEnv): z.infer<typeof environment> {
  const parsed = environment.safeParse(env);
  if (parsed.success) return parsed.data;
  throw new StartError(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'));
}

// a start that failed half-way may have left something open
main()
  .catch(failToStart)
  .finally(() => process.exit());
