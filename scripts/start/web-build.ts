import { spawnSync } from 'node:child_process'
import { globSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { compressFiles } from './compressed-files.ts'

const CHECKOUT = join(import.meta.dirname, '../..')
const WEB = join(CHECKOUT, 'web')
const DIST = join(WEB, 'dist')
const BUILD_LIMIT_MS = 180_000
/** Source files of the build, in addition to the packages in the lockfile. */
const SOURCES = ['index.html', 'package.json', 'vite.config.ts', 'api-reference.ts', '{src,public}/**/*']

/**
 * Builds the web UI if a source file is newer than the build; takes about three seconds. If the build fails, for
 * example in a checkout of another user, the previous build is used.
 *
 * @returns a message about the build, if there is one
 * @throws {Error} when the build fails and no previous build exists
 */
export function buildWebIfStale(): string | undefined {
  const built = modifiedAt(join(DIST, 'index.html'))
  const sources = globSync(SOURCES, { cwd: WEB }).map((file) => modifiedAt(join(WEB, file)))
  if (built > Math.max(...sources, modifiedAt(join(CHECKOUT, 'package-lock.json')))) return undefined
  try {
    buildWeb()
    return 'built anew'
  } catch (error) {
    if (built === 0) throw error
    return 'as it was built before: "npm run build" says why it cannot be built anew'
  }
}

/**
 * Builds the web UI in a separate folder and replaces the served one on success. A failed build keeps the previous one.
 *
 * @throws {Error} with the output of the failed build
 */
export function buildWeb(): void {
  const fresh = join(DIST, `.new-${process.pid}`)
  // Served files are public: other users who start Postkey from this checkout must be able to read them.
  const ours = process.umask(0o022)
  try {
    writeBuild(fresh)
    compressFiles(join(fresh, 'assets'))
    for (const entry of readdirSync(DIST).filter((name) => !name.startsWith('.new-'))) {
      rmSync(join(DIST, entry), { recursive: true, force: true })
    }
    for (const entry of readdirSync(fresh)) renameSync(join(fresh, entry), join(DIST, entry))
  } finally {
    process.umask(ours)
    rmSync(fresh, { recursive: true, force: true })
  }
}

/**
 * Writes a build, uncompressed, into a folder.
 *
 * @throws {Error} with the output of the failed build
 */
export function writeBuild(folder: string): void {
  const vite = join(CHECKOUT, 'node_modules/vite/bin/vite.js')
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    [vite, 'build', '--logLevel', 'warn', '--outDir', folder],
    {
      cwd: WEB,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: 'production' },
      timeout: BUILD_LIMIT_MS,
    },
  )
  if (signal) throw new Error(`The web UI was not built within ${BUILD_LIMIT_MS / 1000} seconds.\n${stdout}${stderr}`)
  if (status !== 0) throw new Error(`The web UI cannot be built.\n${stdout}${stderr}`)
}

function modifiedAt(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0
}
