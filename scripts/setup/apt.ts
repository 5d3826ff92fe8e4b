/** Installs or unpacks Debian packages without prompts and without starting services. */
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** Script that Debian's packages run before they start a service; exit code 101 means "not allowed". */
const POLICY = '/usr/sbin/policy-rc.d'

export function install(packages: readonly string[]): void {
  const ours = !existsSync(POLICY)
  if (ours) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    if (!packages.every(isKnown)) aptGet('update')
    if (aptGet('install', '--no-install-recommends', ...packages) === 0) return
    // The package lists may be older than the current content of the mirror.
    aptGet('update')
    aptGet('install', '--no-install-recommends', ...packages)
  } finally {
    if (ours) rmSync(POLICY, { force: true })
  }
}

/**
 * Unpacks the packages and their missing dependencies into a folder, without installing them: each package conflicts
 * with an installed one. Scripts of the packages do not run, and no program keeps its setuid bit.
 *
 * @returns true when the folder is complete
 */
export function unpack(packages: readonly string[], folder: string): boolean {
  if (!packages.every(isKnown)) aptGet('update')
  const download = mkdtempSync(join(tmpdir(), 'postkey-packages-'))
  // apt downloads as its own user.
  chmodSync(download, 0o777)
  try {
    if (!downloaded(packages, download)) {
      aptGet('update')
      if (!downloaded(packages, download)) return false
    }
    const partial = join(download, 'unpacked')
    mkdirSync(partial, { mode: 0o755 })
    for (const name of readdirSync(download).filter((each) => each.endsWith('.deb'))) {
      if (ran('dpkg-deb', ['--extract', join(download, name), partial]) !== 0) return false
    }
    if (ran('chmod', ['-R', 'u-s,g-s,u+w,a+rX', partial]) !== 0) return false
    mkdirSync(dirname(folder), { recursive: true, mode: 0o755 })
    rmSync(folder, { recursive: true, force: true })
    // The temporary folder may be on another file system.
    return ran('cp', ['-a', partial, `${folder}.new`]) === 0 && moved(`${folder}.new`, folder)
  } finally {
    rmSync(download, { recursive: true, force: true })
  }
}

function moved(from: string, to: string): boolean {
  renameSync(from, to)
  return true
}

function downloaded(packages: readonly string[], folder: string): boolean {
  const plan = ['-q', '--simulate', '--no-install-recommends', 'install', ...packages]
  const { status, stdout } = spawnSync('apt-get', plan, { encoding: 'utf8', env: plainEnglish() })
  const names = missingPackages(stdout)
  if (status !== 0 || names.length === 0) return false
  console.log(`apt-get download ${names.join(' ')}`)
  return ran('apt-get', ['-q', 'download', ...names], folder) === 0
}

/**
 * Packages that a simulated installation adds. Packages with their current version in brackets would be upgraded and
 * are excluded.
 */
export function missingPackages(simulation: string): string[] {
  return [...simulation.matchAll(/^Inst (\S+) (?!\[)/gm)].map(([, name]) => name!)
}

/** Creates a system user without home or login, unless it exists. */
export function createUser(name: string): void {
  if (spawnSync('id', ['-u', name]).status === 0) return
  console.log(`useradd --system ${name}`)
  ran('useradd', ['--system', '--no-create-home', '--shell', '/usr/sbin/nologin', name])
}

function ran(command: string, args: readonly string[], cwd?: string): number | null {
  const stdio: ['ignore', 'inherit', 'inherit'] = ['ignore', 'inherit', 'inherit']
  return spawnSync(command, args, { stdio, cwd, env: plainEnglish() }).status
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
