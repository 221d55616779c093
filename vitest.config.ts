import { defineConfig } from 'vitest/config';

const shared = {
  server: { deps: { inline: ['@codegouvfr/react-dsfr'] } },
  testTimeout: 60_000,
  hookTimeout: 120_000,
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
          testTimeout: 3_600_000,
        },
      },
      {
        test: {
          ...shared,
          name: 'journeys',
          include: ['test/journeys/**/*.test.ts*'],
          globalSetup: ['test/support/cluster.setup.ts'],
          testTimeout: 180_000,
        },
      },
    ],
  },
});
