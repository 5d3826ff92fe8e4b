/**
 * Prepares this machine for the tests: installs the programs of `programs.ts` and the git hooks. Usage: npm run setup
 *
 * Installs packages as root on Debian. On other systems it prints the packages to install and succeeds: the test run
 * lists the steps that it could not run. Existing programs are never changed, so it can be repeated quickly and safely.
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
