import { configDefaults, defineConfig } from 'vitest/config'

const HOUSE = '{server,sandbox,client,web,scripts,mail-servers,e2e,proofs,bench}'

/**
 * Limits for what hangs, not measures: a stalled machine makes any test slow. `expect.poll` needs a lower one than its
 * test, so that the failure shows the last value.
 */
const LIMIT_MS = 60_000

export default defineConfig({
  test: {
    testTimeout: LIMIT_MS,
    hookTimeout: LIMIT_MS,
    expect: { poll: { timeout: LIMIT_MS / 2 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [`${HOUSE}/**/*.test.ts`],
          exclude: [...configDefaults.exclude, '**/*.integration.test.ts', '**/*.contract.test.ts'],
          setupFiles: ['scripts/vitest/no-network.ts'],
          // Half the time: modules are loaded once per worker and not per file. Tests here keep no state in modules.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: [`${HOUSE}/**/*.integration.test.ts`],
          setupFiles: ['scripts/vitest/loopback-only.ts'],
          // They wait for PostgreSQL and sockets; one at a time left a core idle.
          maxWorkers: 2,
          // A fifth of the time: as above.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['{e2e,proofs}/**/*.spec.ts'],
          setupFiles: ['scripts/vitest/loopback-only.ts'],
          testTimeout: 2 * LIMIT_MS,
          hookTimeout: 2 * LIMIT_MS,
          expect: { poll: { timeout: LIMIT_MS } },
          // Each has a Postkey, a PostgreSQL and a browser of its own: with more beside them, screens were late on two cores.
          maxWorkers: 2,
        },
      },
    ],
  },
})
