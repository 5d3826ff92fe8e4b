/**
 * Prepares this machine for the tests: the programs of `programs.ts` and the git hooks. Usage: npm run setup
 *
 * Installs as root on Debian. Elsewhere it only says what to install and succeeds: the test run lists what it could
 * not run. What is there already is never touched, so running it again is quick and harmless.
 */
import { spawnSync } from 'node:child_process'
import { PROGRAMS, type ProgramName } from './programs.ts'
import { activateHooks } from './setup/git-hooks.ts'
import { provide } from './setup/missing-programs.ts'

for (const { failed, sentence } of provide(Object.keys(PROGRAMS) as ProgramName[])) {
  console.log(sentence)
  if (failed) process.exitCode = 1
}

const hooks = activateHooks((...args) => spawnSync('git', args, { encoding: 'utf8' }))
if (hooks) console.log(hooks)
