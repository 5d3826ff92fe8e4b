import type { ProgramName } from '../programs.ts'

/** One named part of a test run: a command that Node runs, and how to read what came of it. */
export interface Step {
  name: string
  /** Arguments for Node. `{report}` stands for a file of its own that the command writes its report to. */
  command: readonly string[]
  /**
   * `exit`: the step is one test. `vitest`: its JSON report counts. `foreign`: each line is one flow of one client.
   * `walk`: one line that names each step of its walks. `edges`: each line is one case.
   */
  counts: 'exit' | 'vitest' | 'foreign' | 'walk' | 'edges'
  stage: Stage
  /** Without one of them the step is not run, and listed as such. */
  needs?: readonly ProgramName[]
  /** Makes namespaces: not run, and listed as such, without root on Linux. */
  asRoot?: true
  /** Without one of them the step is run, and only its tests that start it fail or, of `foreign`, are not run. */
  uses?: readonly ProgramName[]
  /** After this long the step is ended and has failed, so that a hanging test cannot hang the run. */
  limitMs: number
}

/**
 * One stage after the other: what needs no running Postkey, which is the fast loop (`npm run check`); the build, once,
 * before whatever starts Postkey would build it each for itself; the tests with sockets; Postkey in a browser; Postkey from
 * outside.
 */
export type Stage = 'fast' | 'build' | 'integration' | 'browser' | 'outside'

/**
 * How many steps of a stage run at a time, on two cores. The fast ones keep a core busy each. Integration tests take
 * both by themselves. Beside two browsers anything else made screens late by more than they are waited for. The others wait
 * for clocks and for each other more than they compute.
 */
export const STAGES: Readonly<Record<Stage, number>> = { fast: 2, build: 1, integration: 1, browser: 1, outside: 2 }

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

const DRILLED = [
  ...['secret-expired', 'consent-withdrawn', 'conditional-access-block', 'password-changed', 'mfa-required'],
  ...['entra-unavailable', 'token-endpoint-throttled', 'graph-throttled', 'graph-unavailable', 'delta-expired'],
  ...['mailbox-unlicensed', 'full-access-withdrawn', 'send-as-withdrawn', 'notifications-dropped'],
  ...['imap-mailbox-off', 'imap-uid-validity', 'imap-message-damaged'],
  ...['smtp-auth-off-mailbox', 'smtp-send-as-denied', 'smtp-cut-after-dot', 'smtp-answer-lost'],
]

/** Cases that hold; `npm run edges` is all of them. */
const EDGES = [
  ...['graph-reset', 'graph-truncated', 'imap-reset', 'imap-truncated', 'smtp-reset', 'smtp-truncated'],
  ...['port-taken', 'sigterm-npm', 'sigterm-node', 'sigterm-npm-as-pid-1', 'sigterm-node-as-pid-1'],
  ...['sandbox-port-taken', 'sigterm-npm-start', 'disk-full-database', 'disk-full-log', 'file-handles'],
  ...['restored-backup', 'dns-no-resolver', 'dns-servfail', 'dns-nxdomain', 'dns-slow'],
]

/** In the order they start. Of a stage the longest come first, so that two cores finish together. */
export const STEPS: readonly Step[] = [
  {
    name: 'lint',
    command: ['node_modules/eslint/bin/eslint.js', '.'],
    counts: 'exit',
    stage: 'fast',
    limitMs: 10 * MINUTE_MS,
  },
  {
    name: 'types',
    command: ['node_modules/typescript/bin/tsc', '--noEmit'],
    counts: 'exit',
    stage: 'fast',
    limitMs: 10 * MINUTE_MS,
  },
  {
    name: 'types-web',
    command: ['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'web'],
    counts: 'exit',
    stage: 'fast',
    limitMs: 10 * MINUTE_MS,
  },
  { name: 'unit', command: vitest('unit'), counts: 'vitest', stage: 'fast', limitMs: 10 * MINUTE_MS },
  {
    name: 'format',
    command: ['node_modules/prettier/bin/prettier.cjs', '--check', '.'],
    counts: 'exit',
    stage: 'fast',
    limitMs: 10 * MINUTE_MS,
  },
  { name: 'rooms', command: ['scripts/check-rooms.ts'], counts: 'exit', stage: 'fast', limitMs: MINUTE_MS },
  { name: 'glossary', command: ['scripts/check-glossary.ts'], counts: 'exit', stage: 'fast', limitMs: MINUTE_MS },
  { name: 'build', command: ['scripts/build-web.ts'], counts: 'exit', stage: 'build', limitMs: 2 * MINUTE_MS },
  {
    name: 'integration',
    command: vitest('integration'),
    counts: 'vitest',
    stage: 'integration',
    uses: ['dovecot-imap', 'dovecot-lmtp', 'postfix', 'cyrus-imap', 'exim'],
    limitMs: 15 * MINUTE_MS,
  },
  {
    name: 'e2e',
    command: vitest('e2e'),
    counts: 'vitest',
    stage: 'browser',
    needs: ['chromium'],
    limitMs: 20 * MINUTE_MS,
  },
  {
    name: 'edges',
    command: ['proofs/edges/main.ts', '--json', '--only', EDGES.join()],
    counts: 'edges',
    stage: 'outside',
    needs: ['ip', 'nginx', 'openssl', 'util-linux'],
    asRoot: true,
    limitMs: 12 * MINUTE_MS,
  },
  {
    // So few letters that each way of disturbing is met once; `npm run crash` has 2,000, and another seed each time.
    name: 'crash',
    command: ['proofs/crash/main.ts', '--json', '--in', '150', '--out', '30', '--at-once', '2'],
    counts: 'exit',
    stage: 'outside',
    needs: ['dovecot-imap', 'dovecot-lmtp', 'postfix'],
    limitMs: 10 * MINUTE_MS,
  },
  {
    // One of each kind; `npm run drill` is all of them.
    name: 'drill',
    command: ['proofs/drill/main.ts', '--json', '--only', DRILLED.join()],
    counts: 'exit',
    stage: 'outside',
    limitMs: 10 * MINUTE_MS,
  },
  {
    name: 'walk',
    command: ['proofs/walk/main.ts', '--json'],
    counts: 'walk',
    stage: 'outside',
    limitMs: 10 * MINUTE_MS,
  },
  {
    name: 'foreign',
    command: ['sandbox/foreign/main.ts', '--json'],
    counts: 'foreign',
    stage: 'outside',
    uses: ['curl', 'mbsync', 'sasl-xoauth2'],
    limitMs: 10 * MINUTE_MS,
  },
  {
    // The shortest that is killed at every point; `npm run race` goes through 200 expiries.
    name: 'race',
    command: ['proofs/race/main.ts', '--json', '--expiries', '20'],
    counts: 'exit',
    stage: 'outside',
    limitMs: 10 * MINUTE_MS,
  },
  {
    name: 'import',
    command: ['proofs/import/main.ts', '--json', '--messages', '250'],
    counts: 'exit',
    stage: 'outside',
    limitMs: 10 * MINUTE_MS,
  },
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
      ({ name, stage }) =>
        (names.length === 0 || names.includes(name)) && (stage === 'fast' || !args.includes('--fast')),
    ),
    unknown: names.filter((name) => !steps.some((step) => step.name === name)),
  }
}
