/** License texts of packages whose code is in a build, where their files are no longer visible. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { identityOf, listWebPackages, type Lock } from './packages.ts'

const LICENSE_FILE = /^(?:licen[cs]e|copying|notice)(?!.*\.(?:[cm]?[jt]sx?|json|map)$)/i
const LINE = '-'.repeat(80)

/** Returns one text for a release: the packages in the web UI with their licenses. */
export function thirdPartyLicenses(checkout: string, lock: Lock): string {
  return describeLicenses(checkout, lock, {
    folders: listWebPackages(lock),
    about:
      'The web UI in web/dist contains code of these packages. Packages of the server have their license in node_modules.',
  })
}

/** Returns one text: each package with its license and its files about it. */
export function describeLicenses(
  checkout: string,
  lock: Lock,
  { folders, about }: { folders: readonly string[]; about: string },
): string {
  const entries = new Map(folders.map((folder) => [identityOf(lock, folder), folder]))
  return [
    `${about}\n`,
    ...[...entries].map(([identity, folder]) => {
      const license = lock[folder]!.license ?? 'no license stated'
      const texts = licenseTexts(join(checkout, folder))
      return [LINE, `${identity} (${license})`, '', texts || 'The package contains no text of its license.', ''].join(
        '\n',
      )
    }),
  ].join('\n')
}

function licenseTexts(folder: string): string {
  return globSync('**/*', { cwd: folder, withFileTypes: true, exclude: ['**/node_modules'] })
    .filter((entry) => entry.isFile() && LICENSE_FILE.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((file) => readFileSync(file, 'utf8').trim())
    .join('\n\n')
}
