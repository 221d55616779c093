import { defineConfig } from 'vitest/config';

const shared = {
  server: { deps: { inline: ['@codegouvfr/react-dsfr'] } },
  // nothing is timed here: how long a test may take before it is given up, on a machine that may be busy with much else
  testTimeout: 240_000,
  hookTimeout: 240_000,
  expect: { poll: { timeout: 60_000 } },
  // loading the whole application again for each file would take a third of the time; no module keeps anything that tests mind
  isolate: false,
  setupFiles: ['test/support/each-file.setup.ts'],
};

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          ...shared,
          name: 'architecture',
          include: ['test/architecture/**/*.test.ts', 'src/**/*.test.ts', 'views/**/*.test.ts*'],
        },
      },
      {
        test: {
          ...shared,
          name: 'slices',
          include: ['test/slices/**/*.test.ts*', 'test/conformance/**/*.test.ts*', 'test/demo/**/*.test.ts*'],
          globalSetup: ['test/support/cluster.setup.ts'],
        },
      },
      {
        test: {
          ...shared,
          name: 'long',
          include: ['test/long/**/*.test.ts'],
          globalSetup: ['test/support/cluster.setup.ts'],
          testTimeout: 7_200_000,
        },
      },
      {
        test: {
          ...shared,
          name: 'journeys',
          include: ['test/journeys/**/*.test.ts*'],
          globalSetup: ['test/support/cluster.setup.ts'],
        },
      },
    ],
  },
});
