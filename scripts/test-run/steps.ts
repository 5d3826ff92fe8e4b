import type { ProgramName } from '../programs.ts'

/** One named part of a test run: a command that Node runs, and how to read what came of it. */
export interface Step {
  name: string
  /** Arguments for Node. `{report}` stands for a file of its own that the command writes its report to. */
  command: readonly string[]
  /**
   * `exit`: the step is one test. `vitest`: its JSON report counts. `foreign`: each line is one flow of one client.
   * `walk`: one line that names each step of its walks.
   */
  counts: 'exit' | 'vitest' | 'foreign' | 'walk'
  /** Part of the fast loop, `npm run check`. These run two at a time; the others have the machine to themselves. */
  fast: boolean
  needs?: readonly ProgramName[]
  /** After this long the step is ended and has failed, so that a hanging test cannot hang the run. */
  limitMs: number
}

const MINUTE_MS = 60_000

const vitest = (project: string) => [
  'node_modules/vitest/vitest.mjs',
  'run',
  `--project=${project}`,
  '--allowOnly=false',
  '--reporter=dot',
  '--reporter=json',
  '--outputFile.json={report}',
]

/** In the order they start: of the fast ones the longest come first, so that two cores finish together. */
export const STEPS: readonly Step[] = [
  {
    name: 'lint',
    command: ['node_modules/eslint/bin/eslint.js', '.'],
    counts: 'exit',
    fast: true,
    limitMs: 5 * MINUTE_MS,
  },
  {
    name: 'types',
    command: ['node_modules/typescript/bin/tsc', '--noEmit'],
    counts: 'exit',
    fast: true,
    limitMs: 5 * MINUTE_MS,
  },
  {
    name: 'types-web',
    command: ['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'web'],
    counts: 'exit',
    fast: true,
    limitMs: 5 * MINUTE_MS,
  },
  { name: 'unit', command: vitest('unit'), counts: 'vitest', fast: true, limitMs: 5 * MINUTE_MS },
  {
    name: 'format',
    command: ['node_modules/prettier/bin/prettier.cjs', '--check', '.'],
    counts: 'exit',
    fast: true,
    limitMs: 5 * MINUTE_MS,
  },
  { name: 'rooms', command: ['scripts/check-rooms.ts'], counts: 'exit', fast: true, limitMs: MINUTE_MS },
  { name: 'glossary', command: ['scripts/check-glossary.ts'], counts: 'exit', fast: true, limitMs: MINUTE_MS },
  // Once, before whatever starts Postkey would build it each for itself.
  { name: 'build', command: ['scripts/build-web.ts'], counts: 'exit', fast: false, limitMs: 2 * MINUTE_MS },
  { name: 'integration', command: vitest('integration'), counts: 'vitest', fast: false, limitMs: 15 * MINUTE_MS },
  {
    name: 'foreign',
    command: ['sandbox/foreign/main.ts', '--json'],
    counts: 'foreign',
    fast: false,
    limitMs: 10 * MINUTE_MS,
  },
  { name: 'walk', command: ['e2e/walk/main.ts', '--json'], counts: 'walk', fast: false, limitMs: 10 * MINUTE_MS },
  {
    name: 'import',
    command: ['e2e/import/main.ts', '--json', '--messages', '250'],
    counts: 'exit',
    fast: false,
    limitMs: 10 * MINUTE_MS,
  },
  { name: 'e2e', command: vitest('e2e'), counts: 'vitest', fast: false, needs: ['chromium'], limitMs: 15 * MINUTE_MS },
]

export interface Choice {
  steps: readonly Step[]
  /** Names that were asked for and do not exist. */
  unknown: readonly string[]
}

/** What `npm test -- [--fast] [name …]` means. */
export function chooseSteps(args: readonly string[], steps: readonly Step[] = STEPS): Choice {
  const names = args.filter((arg) => arg !== '--fast')
  return {
    steps: steps.filter(
      ({ name, fast }) => (names.length === 0 || names.includes(name)) && (fast || !args.includes('--fast')),
    ),
    unknown: names.filter((name) => !steps.some((step) => step.name === name)),
  }
}
