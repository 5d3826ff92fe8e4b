import { existsSync } from 'node:fs'

/** Where Debian puts a program; the folders of the super-user are in nobody else's path. */
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

/** The place of a program, or an error that says what to install: a test must never be skipped in silence. */
export function needInstalled(program: string, debianPackages: string): string {
  const place = findInstalled(program)
  if (place === undefined) {
    throw new Error(
      `${program} is not installed. "npm run setup" as root on Debian installs it, or: apt-get install ${debianPackages}`,
    )
  }
  return place
}
