import { existsSync } from 'node:fs'

/** Folders in which Debian installs programs. The `sbin` folders are only in the superuser's path. */
const FOLDERS = [
  '/usr/sbin',
  '/usr/bin',
  '/usr/local/sbin',
  '/usr/local/bin',
  '/opt/homebrew/sbin',
  '/opt/homebrew/bin',
]

export function findInstalled(program: string): string | undefined {
  const inPath = (process.env.PATH ?? '').split(':').filter(Boolean)
  return [...inPath, ...FOLDERS].map((folder) => `${folder}/${program}`).find((place) => existsSync(place))
}

/**
 * Returns the path of a program.
 *
 * @throws Error that names the Debian packages to install, because a test must never be skipped silently
 */
export function needInstalled(program: string, debianPackages: string): string {
  const place = findInstalled(program)
  if (place === undefined) {
    throw new Error(
      `${program} is not installed. "npm run setup" as root on Debian installs it, or: apt-get install ${debianPackages}`,
    )
  }
  return place
}
