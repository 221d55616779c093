import { z } from 'zod';
import { systemClock } from '#platform/time/clock.ts';
import { failToStart } from '../fail-to-start.ts';
import { stopSignal } from '../stop-signal.ts';
import { startPartners } from './partners.ts';
import { portsOfDemo } from './ports-of-demo.ts';

const secret = z.string().min(32);
const environment = z.object({
  FRANCECONNECT_CLIENT_SECRET: secret,
  IDENTITY_PROVIDER_CLIENT_SECRET: secret,
  SUBJECTS_SECRET: secret,
});

/** The partners of the demonstration alone, beside a service configured by its own environment. */
async function main(): Promise<void> {
  const env = environment.parse(process.env);
  const partners = await startPartners(
    await portsOfDemo(process.env, { alreadyServed: true }),
    {
      relyingPartySecret: env.FRANCECONNECT_CLIENT_SECRET,
      identityProviderSecret: env.IDENTITY_PROVIDER_CLIENT_SECRET,
      portalSecrets: [env.SUBJECTS_SECRET, env.SUBJECTS_SECRET],
      subjects: env.SUBJECTS_SECRET,
    },
    systemClock,
  );
  await stopSignal();
  await partners.close();
}

main().catch(failToStart);
