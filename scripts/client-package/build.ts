/** Builds the npm package `@postkey/client`: JavaScript and types of `client/src`, without dependencies. */
import { spawnSync } from 'node:child_process'
import { copyFileSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeArchive } from '../release/archive.ts'
import { filesIn } from '../release/files-in.ts'

const CHECKOUT = join(import.meta.dirname, '../..')
const BUILD_LIMIT_MS = 180_000
/** The oldest version with `AbortSignal.any`. */
const ENGINES = { node: '>=20.3' }

export interface ClientPackageOptions {
  /** Existing folder for the archive. */
  target: string
  /** Time of its files, in seconds since 1970. */
  time: number
}

interface Manifest {
  version: string
  license: string
}

/**
 * Writes `postkey-client-<version>.tgz`. The same sources give the same bytes.
 *
 * @returns path of the archive
 * @throws {Error} with the output of a build that failed
 */
export async function buildClientPackage({ target, time }: ClientPackageOptions): Promise<string> {
  const manifest = JSON.parse(readFileSync(join(CHECKOUT, 'package.json'), 'utf8')) as Manifest
  const folder = mkdtempSync(join(tmpdir(), 'postkey-client-package-'))
  try {
    compile(join(folder, 'dist'))
    writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifestOf(manifest), null, 2)}\n`)
    copyFileSync(join(CHECKOUT, 'client/README.md'), join(folder, 'README.md'))
    copyFileSync(join(CHECKOUT, 'LICENSE'), join(folder, 'LICENSE'))
    const archive = join(target, `postkey-client-${manifest.version}.tgz`)
    await writeArchive(archive, { top: 'package', time, parts: [{ folder, files: filesIn(folder) }] })
    return archive
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function manifestOf({ version, license }: Manifest) {
  return {
    name: '@postkey/client',
    version,
    description: 'Typed client of the Postkey API: calls, events, webhooks, retries. Without dependencies.',
    license,
    type: 'module',
    exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
    engines: ENGINES,
  }
}

function compile(folder: string): void {
  const tsc = join(CHECKOUT, 'node_modules/typescript/bin/tsc')
  const words = [tsc, '--project', join(CHECKOUT, 'client'), '--outDir', folder]
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8', timeout: BUILD_LIMIT_MS })
  if (status !== 0) throw new Error(`The client can't be compiled.\n${stdout}${stderr}`)
  // TypeScript rewrites the extensions of imports in JavaScript only.
  for (const file of globSync(join(folder, '**/*.d.ts'))) {
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/(from '\.[^']+)\.ts'/g, "$1.js'"))
  }
}
