import type { ProgramName } from '../programs.ts'

/** One named part of a test run: a command for Node, and the format of its result. */
export interface Step {
  name: string
  /** Arguments for Node. `{report}` is replaced by the path of a separate file for the command's report. */
  command: readonly string[]
  /**
   * Format of the result. `exit`: the step is one test. `vitest`: a JSON report. `foreign`: each line is one flow of
   * one client. `walk`: one line that names each step of its walks. `edges`: each line is one case.
   */
  counts: 'exit' | 'vitest' | 'foreign' | 'walk' | 'edges'
  stage: Stage
  /** Required programs. If one is missing, the step is listed as not run. */
  needs?: readonly ProgramName[]
  /** Creates namespaces: without root on Linux the step is listed as not run. */
  asRoot?: true
  /**
   * Programs used by single tests. If one is missing, the step runs and only those tests fail, or, in `foreign`, are
   * not run.
   */
  uses?: readonly ProgramName[]
  /**
   * Time limit in milliseconds. At the limit the step is ended and has failed, so that a hanging test cannot block the
   * run.
   */
  limitMs: number
}

/**
 * Stages run one after the other:
 *
 * - `fast`: steps that need no running Postkey (`npm run check`).
 * - `build`: builds the web UI once, before several steps would each build it.
 * - `integration`: tests with sockets.
 * - `browser`: Postkey in a browser.
 * - `outside`: Postkey tested from outside.
 */
export type Stage = 'fast' | 'build' | 'integration' | 'browser' | 'outside'

/**
 * Maximum concurrent steps per stage, on two cores. Each fast step uses one core. Integration tests use both cores
 * themselves. Beside two browsers, another step delayed screens beyond their timeout. The other steps mostly wait for
 * clocks and for each other.
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

/** Cases that pass; `npm run edges` runs all. */
const EDGES = [
  ...['graph-reset', 'graph-truncated', 'imap-reset', 'imap-truncated', 'smtp-reset', 'smtp-truncated'],
  ...['port-taken', 'sigterm-npm', 'sigterm-node', 'sigterm-npm-as-pid-1', 'sigterm-node-as-pid-1'],
  ...['sandbox-port-taken', 'sigterm-npm-start', 'disk-full-database', 'disk-full-log', 'file-handles'],
  ...['restored-backup', 'dns-no-resolver', 'dns-servfail', 'dns-nxdomain', 'dns-slow'],
]

/** All steps in the order of their start. The longest of a stage come first, so that two cores finish together. */
export const STEPS: readonly Step[] = [
  {
    name: 'lint',
    // The types of the whole tree need more than the default heap.
    command: ['--max-old-space-size=6144', 'node_modules/eslint/bin/eslint.js', '.'],
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
  { name: 'tables', command: ['scripts/check-tables.ts'], counts: 'exit', stage: 'fast', limitMs: MINUTE_MS },
  { name: 'prose', command: ['scripts/check-prose.ts'], counts: 'exit', stage: 'fast', limitMs: MINUTE_MS },
  { name: 'openapi', command: ['scripts/check-openapi.ts'], counts: 'exit', stage: 'fast', limitMs: MINUTE_MS },
  { name: 'glossary', command: ['scripts/check-glossary.ts'], counts: 'exit', stage: 'fast', limitMs: MINUTE_MS },
  { name: 'build', command: ['scripts/build-web.ts'], counts: 'exit', stage: 'build', limitMs: 2 * MINUTE_MS },
  {
    name: 'integration',
    command: vitest('integration'),
    counts: 'vitest',
    stage: 'integration',
    uses: [
      'dovecot-imap',
      'dovecot-lmtp',
      'postfix',
      'cyrus-imap',
      'exim',
      'nginx',
      'caddy',
      'openssl',
      'promtool',
      'logrotate',
      'util-linux',
    ],
    limitMs: 25 * MINUTE_MS,
  },
  {
    name: 'e2e',
    command: vitest('e2e'),
    counts: 'vitest',
    stage: 'browser',
    needs: ['chromium'],
    uses: ['curl', 'jq', 'openssl', 'python3'],
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
    // Just enough messages for one disturbance of each kind; `npm run crash` has 2,000, and another seed each time.
    name: 'crash',
    command: ['proofs/crash/main.ts', '--json', '--in', '150', '--out', '30', '--at-once', '2'],
    counts: 'exit',
    stage: 'outside',
    needs: ['dovecot-imap', 'dovecot-lmtp', 'postfix'],
    limitMs: 10 * MINUTE_MS,
  },
  {
    // Each of two servers restarts once; `npm run crash -- --rolling caddy` does it for 2,000 messages.
    name: 'rolling',
    command: [
      ...['proofs/crash/main.ts', '--json', '--in', '24', '--out', '12'],
      ...['--protocol', 'graph-sandbox', '--rolling', 'caddy'],
    ],
    counts: 'exit',
    stage: 'outside',
    needs: ['caddy'],
    limitMs: 5 * MINUTE_MS,
  },
  {
    // One drill of each kind; `npm run drill` runs all.
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
    // `npm run webhooks` has 10,000 events and 20 kills.
    name: 'webhooks',
    command: ['proofs/webhooks/main.ts', '--events', '300', '--kills', '2'],
    counts: 'exit',
    stage: 'outside',
    limitMs: 5 * MINUTE_MS,
  },
  {
    // The shortest run with a kill at every point; `npm run race` runs 200 expiries.
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
  /** Requested names that do not exist. */
  unknown: readonly string[]
}

/** Parses the arguments of `npm test -- [--fast] [name …]`. */
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
