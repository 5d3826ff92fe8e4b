/**
 * Servers whose Debian package conflicts with Dovecot or Postfix (`Conflicts: imap-server`, `mail-transport-agent`).
 * `npm run setup` unpacks them here with the required libraries, without installing them.
 */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const UNPACKED = '/opt/postkey-mail-servers'

/** Folder into which `npm run setup` unpacks the package of that name. */
export function unpackedFolder(name: UnpackedName): string {
  return join(UNPACKED, name)
}

export interface UnpackedServer {
  /** Root folder of the server's files; `/` when its package is installed. */
  root: string
  /** Environment variables with which the program finds its libraries. */
  env: Readonly<Record<string, string>>
}

/** Name of a server in `PROGRAMS` below. */
export type UnpackedName = keyof typeof PROGRAMS

/** Path of each program below its root. */
const PROGRAMS = {
  'cyrus-imapd': 'usr/lib/cyrus/bin/imapd',
  'exim4-daemon-light': 'usr/sbin/exim4',
} as const

export function programPath(name: UnpackedName): string {
  return PROGRAMS[name]
}

/**
 * Reason why a server cannot run here, for the title of a skipped test; `undefined` if all can run. A machine may have
 * no access to Debian's archive, the only source of these servers.
 */
export function whyNotUnpacked(...names: readonly UnpackedName[]): string | undefined {
  const missing = names.filter((name) => !rootOf(name))
  return missing.length === 0 ? undefined : `${missing.join(' and ')} missing, "npm run setup" unpacks it`
}

/**
 * Returns an unpacked server.
 *
 * @throws Error that names the command to run when the server is missing
 */
export function needUnpacked(name: UnpackedName): UnpackedServer {
  const root = rootOf(name)
  if (root === undefined) throw new Error(`${whyNotUnpacked(name)!}, as root on Debian, to ${unpackedFolder(name)}.`)
  if (root === '/') return { root, env: {} }
  const libraries = join(root, 'usr/lib')
  const folders = readdirSync(libraries).filter((each) => each.endsWith('-linux-gnu'))
  return { root, env: { LD_LIBRARY_PATH: folders.map((each) => join(libraries, each)).join(':') } }
}

function rootOf(name: UnpackedName): string | undefined {
  return [unpackedFolder(name), '/'].find((place) => existsSync(join(place, PROGRAMS[name])))
}
