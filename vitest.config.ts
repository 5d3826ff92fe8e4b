import { configDefaults, defineConfig } from 'vitest/config'

const HOUSE = '{server,sandbox,web,scripts,mail-servers,e2e,proofs,bench}'

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [`${HOUSE}/**/*.test.ts`],
          exclude: [...configDefaults.exclude, '**/*.integration.test.ts', '**/*.contract.test.ts'],
          setupFiles: ['scripts/vitest/no-network.ts'],
          // A limit for what hangs, not a measure: two busy cores make any property test slow.
          testTimeout: 30_000,
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
          testTimeout: 30_000,
          hookTimeout: 60_000,
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
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // Each has a Postkey, a PostgreSQL and a browser of its own: with more beside them, screens were late on two cores.
          maxWorkers: 2,
        },
      },
    ],
  },
})
