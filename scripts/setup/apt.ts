/** Installs Debian packages without asking anything and without letting them start services. */
import { spawnSync } from 'node:child_process'
import { existsSync, rmSync, writeFileSync } from 'node:fs'

/** Asked by Debian's packages before they start a service; 101 means "not allowed". */
const POLICY = '/usr/sbin/policy-rc.d'

export function install(packages: readonly string[]): void {
  const ours = !existsSync(POLICY)
  if (ours) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    if (!packages.every(isKnown)) aptGet('update')
    if (aptGet('install', '--no-install-recommends', ...packages) === 0) return
    // The package lists may be older than what the mirror still has.
    aptGet('update')
    aptGet('install', '--no-install-recommends', ...packages)
  } finally {
    if (ours) rmSync(POLICY, { force: true })
  }
}

function isKnown(name: string): boolean {
  const { stdout } = spawnSync('apt-cache', ['policy', name], { encoding: 'utf8', env: plainEnglish() })
  return /Candidate: (?!\(none\))/.test(stdout)
}

function aptGet(command: 'update' | 'install', ...args: string[]): number | null {
  console.log(`apt-get ${[command, ...args].join(' ')}`)
  const { status } = spawnSync('apt-get', ['-y', '-q', command, ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...plainEnglish(), DEBIAN_FRONTEND: 'noninteractive' },
  })
  return status
}

function plainEnglish(): NodeJS.ProcessEnv {
  return { ...process.env, LC_ALL: 'C' }
}
