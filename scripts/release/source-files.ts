import { matchesGlob } from 'node:path'

/** Files of the checkout that belong to a release. */
export const SOURCE_GLOBS = [
  '.env.example',
  'LICENSE',
  'CHANGELOG.md',
  'deploy/**/*',
  // A star matches no name that begins with a dot.
  'deploy/**/.env.example',
  'docs/**/*',
  'server/package.json',
  'server/migrations/*',
  'server/src/**/*.ts',
]
const TEST = /\.(?:test|integration\.test|contract\.test)\.ts$/

/** Files of a release among those of the checkout, sorted, without tests. */
export function chooseSourceFiles(files: readonly string[]): string[] {
  return files.filter((file) => SOURCE_GLOBS.some((glob) => matchesGlob(file, glob)) && !TEST.test(file)).sort()
}
