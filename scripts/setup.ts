/**
 * Prepares this machine for the tests: the programs of `programs.ts` and the git hooks. Usage: npm run setup
 *
 * Installs as root on Debian. Elsewhere it only says what to install and succeeds: the test run lists what it could
 * not run. What is there already is never touched, so running it again is quick and harmless.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { install } from './setup/apt.ts'
import { activateHooks } from './setup/git-hooks.ts'
import { findProgram, PROGRAMS, type ProgramName } from './programs.ts'

const names = Object.keys(PROGRAMS) as ProgramName[]
const missing = names.filter((name) => !findProgram(name))

for (const name of names) {
  const place = findProgram(name)
  if (place) console.log(`${name}: already here (${place}).`)
}

if (missing.length > 0) {
  if (process.getuid?.() === 0 && isDebian()) {
    install(missing.flatMap((name) => PROGRAMS[name].debian))
    for (const name of missing) report(name)
  } else {
    for (const name of missing) {
      const how = isDebian() ? `as root: apt-get install ${PROGRAMS[name].debian.join(' ')}` : PROGRAMS[name].elsewhere
      console.log(`${name}: missing, and this script installs only as root on Debian. To have it, ${how}.`)
    }
  }
}

const hooks = activateHooks((...args) => spawnSync('git', args, { encoding: 'utf8' }))
if (hooks) console.log(hooks)

function report(name: ProgramName): void {
  const place = findProgram(name)
  if (place) {
    console.log(`${name}: installed (${place}).`)
  } else {
    console.error(`${name}: still missing after installing ${PROGRAMS[name].debian.join(', ')}; see the lines above.`)
    process.exitCode = 1
  }
}

function isDebian(): boolean {
  if (!existsSync('/etc/os-release') || !existsSync('/usr/bin/apt-get')) return false
  return /^ID(_LIKE)?=.*\bdebian\b/m.test(readFileSync('/etc/os-release', 'utf8'))
}
