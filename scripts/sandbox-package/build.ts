/** Builds the npm package `@postkey/sandbox`: the sandbox and its packages in a few files, with types. */
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { writeArchive } from '../release/archive.ts'
import { filesIn } from '../release/files-in.ts'
import { describeLicenses } from '../release/licenses.ts'
import { type Lock, readLock } from '../release/packages.ts'

const CHECKOUT = join(import.meta.dirname, '../..')
const SOURCE = join(CHECKOUT, 'sandbox/package')
const BUILD_LIMIT_MS = 180_000
/** `node:sqlite` needs no flag from 22.13; `bin/postkey-sandbox.js` checks the same. */
const ENGINES = { node: '>=22.13' }
const BUNDLED = 'bundled-files.json'

export interface SandboxPackageOptions {
  /** Existing folder for the archive. */
  target: string
  /** Time of its files, in seconds since 1970. */
  time: number
}

/**
 * Writes `postkey-sandbox-<version>.tgz`. The same sources give the same bytes.
 *
 * @returns path of the archive
 * @throws {Error} with the output of a build that failed
 */
export async function buildSandboxPackage({ target, time }: SandboxPackageOptions): Promise<string> {
  const lock = readLock(CHECKOUT)
  const manifest = JSON.parse(readFileSync(join(CHECKOUT, 'package.json'), 'utf8')) as Manifest
  const folder = mkdtempSync(join(tmpdir(), 'postkey-sandbox-package-'))
  try {
    bundle(join(folder, 'dist'))
    const bundled = JSON.parse(readFileSync(join(folder, 'dist', BUNDLED), 'utf8')) as string[]
    rmSync(join(folder, 'dist', BUNDLED))
    const about = 'dist contains code of these packages.'
    writeFileSync(
      join(folder, 'THIRD-PARTY-LICENSES'),
      describeLicenses(CHECKOUT, lock, { folders: packageFolders(bundled, lock), about }),
    )
    writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifestOf(manifest), null, 2)}\n`)
    copyFileSync(join(SOURCE, 'api.ts'), join(folder, 'dist/index.d.ts'))
    copyFileSync(join(SOURCE, 'README.md'), join(folder, 'README.md'))
    copyFileSync(join(CHECKOUT, 'LICENSE'), join(folder, 'LICENSE'))
    mkdirSync(join(folder, 'bin'))
    copyFileSync(join(SOURCE, 'bin/postkey-sandbox.js'), join(folder, 'bin/postkey-sandbox.js'))

    const archive = join(target, `postkey-sandbox-${manifest.version}.tgz`)
    await writeArchive(archive, { top: 'package', time, parts: [{ folder, files: filesIn(folder) }] })
    return archive
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Manifest {
  version: string
  license: string
}

function manifestOf({ version, license }: Manifest) {
  return {
    name: '@postkey/sandbox',
    version,
    description:
      'A local Microsoft 365 for tests: Entra ID, Microsoft Graph mail, IMAP and SMTP, with faults on request.',
    license,
    type: 'module',
    bin: { 'postkey-sandbox': 'bin/postkey-sandbox.js' },
    exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
    engines: ENGINES,
  }
}

function bundle(folder: string): void {
  const vite = join(CHECKOUT, 'node_modules/vite/bin/vite.js')
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [vite, 'build', '--config', join(SOURCE, 'vite.config.ts'), '--logLevel', 'warn', '--outDir', folder],
    {
      cwd: SOURCE,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: 'production' },
      timeout: BUILD_LIMIT_MS,
    },
  )
  if (status !== 0) throw new Error(`The sandbox can't be bundled.\n${stdout}${stderr}`)
}

/** Folders in the lockfile of the packages to which the files belong, sorted. */
function packageFolders(files: readonly string[], lock: Lock): string[] {
  const folders = files.flatMap((file) => {
    const [, folder] = /^\0?(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file) ?? []
    return folder === undefined ? [] : [relative(CHECKOUT, folder)]
  })
  const unknown = folders.find((folder) => !(folder in lock))
  if (unknown !== undefined) throw new Error(`package-lock.json has no ${unknown}. Run npm ci.`)
  return [...new Set(folders)].sort()
}
