/**
 * Builds a release: an archive that runs without development packages, with checksums, SBOM and release notes, and the
 * npm packages of the sandbox and of the client.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  createReadStream,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compressFiles } from '../start/compressed-files.ts'
import { buildClientPackage } from '../client-package/build.ts'
import { buildSandboxPackage } from '../sandbox-package/build.ts'
import { writeBuild } from '../start/web-build.ts'
import { writeArchive } from './archive.ts'
import type { Commit } from './clean-tree.ts'
import { filesIn } from './files-in.ts'
import { thirdPartyLicenses } from './licenses.ts'
import { listServerPackages, readLock, type Lock } from './packages.ts'
import { releaseNotes } from './release-notes.ts'
import { createSbom } from './sbom.ts'
import { chooseSourceFiles, SOURCE_GLOBS } from './source-files.ts'

const CHECKOUT = join(import.meta.dirname, '../..')
const WORKSPACES = ['server', 'web', 'sandbox', 'client', 'proofs']
const INSTALL_LIMIT_MS = 10 * 60_000

export interface ReleaseOptions {
  commit: Commit
  /** Folder of the files, which is created. */
  target: string
  /**
   * `installed`: fresh ones by npm, which verifies their hashes. `checkout`: those of this checkout, for tests without a
   * network.
   */
  packages: 'installed' | 'checkout'
  /** Files of the commit. By default all that are in the checkout, for tests without git. */
  files?: readonly string[]
}

export interface Release {
  version: string
  archive: string
  /** Sum of the sizes of its files. */
  unpackedBytes: number
}

/** @throws {Error} with the output of the program that failed */
export async function buildRelease({ commit, target, packages, files }: ReleaseOptions): Promise<Release> {
  const manifest = JSON.parse(readFileSync(join(CHECKOUT, 'package.json'), 'utf8')) as Manifest
  const { version } = manifest
  const lock = readLock(CHECKOUT)
  const name = `postkey-${version}`
  const staging = mkdtempSync(join(tmpdir(), 'postkey-release-'))
  try {
    const built = join(staging, 'built')
    const notes = releaseNotes(readFileSync(join(CHECKOUT, 'CHANGELOG.md'), 'utf8'), version)
    writeGenerated(built, manifest, commit, notes)
    writeFileSync(join(built, 'THIRD-PARTY-LICENSES'), thirdPartyLicenses(CHECKOUT, lock))
    const modules = packages === 'checkout' ? CHECKOUT : installPackages(join(staging, 'modules'), lock)
    const parts = [
      { folder: built, files: filesIn(built) },
      { folder: CHECKOUT, files: chooseSourceFiles(files ?? filesIn(CHECKOUT, SOURCE_GLOBS)) },
      { folder: modules, files: listServerPackages(lock).flatMap((folder) => filesOfPackage(modules, folder)) },
    ]
    mkdirSync(target, { recursive: true })
    await writeArchive(join(target, `${name}.tar.gz`), { top: name, time: commit.time, parts })
    writeFileSync(join(target, `${name}.cdx.json`), createSbom({ ...manifest, lock, time: commit.time }))
    writeFileSync(join(target, 'RELEASE-NOTES.md'), notes)
    await buildSandboxPackage({ target, time: commit.time })
    await buildClientPackage({ target, time: commit.time })
    writeFileSync(join(target, 'SHA256SUMS'), await checksumsOf(target))
    const sizes = parts.flatMap(({ folder, files }) => files.map((file) => statSync(join(folder, file)).size))
    return { version, archive: join(target, `${name}.tar.gz`), unpackedBytes: sizes.reduce((sum, size) => sum + size) }
  } finally {
    rmSync(staging, { recursive: true, force: true })
  }
}

interface Manifest {
  version: string
  description: string
  license: string
}

/** Files that a checkout does not have at their place: launcher, manifest, web UI, release notes. */
function writeGenerated(folder: string, manifest: Manifest, commit: Commit, notes: string): void {
  const { version, description, license } = manifest
  const packageFile = { name: 'postkey', version, private: true, description, license, type: 'module' }
  mkdirSync(join(folder, 'bin'), { recursive: true })
  copyFileSync(join(import.meta.dirname, 'launcher.sh'), join(folder, 'bin/postkey'))
  copyFileSync(join(import.meta.dirname, 'README.md'), join(folder, 'README.md'))
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify({ ...packageFile, gitHead: commit.hash }, null, 2)}\n`)
  writeFileSync(join(folder, 'RELEASE-NOTES.md'), notes)
  const web = join(folder, 'web/dist')
  writeBuild(web)
  // Read only by a test.
  rmSync(join(web, '.vite'), { recursive: true })
  compressFiles(join(web, 'assets'))
}

/** Installs the packages of the server alone, in their locked versions. */
function installPackages(folder: string, lock: Lock): string {
  for (const workspace of WORKSPACES) {
    mkdirSync(join(folder, workspace), { recursive: true })
    copyFileSync(join(CHECKOUT, workspace, 'package.json'), join(folder, workspace, 'package.json'))
  }
  for (const file of ['package.json', 'package-lock.json', '.npmrc']) {
    copyFileSync(join(CHECKOUT, file), join(folder, file))
  }
  const { status, stderr, error } = spawnSync(
    'npm',
    ['ci', '--omit=dev', '--omit=optional', '--ignore-scripts', '--no-bin-links'],
    { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'], timeout: INSTALL_LIMIT_MS },
  )
  if (status !== 0) throw new Error(`npm ci failed. ${stderr || String(error)}`)
  const installed = globSync('{node_modules,server/node_modules}/**/package.json', { cwd: folder })
  if (installed.length < listServerPackages(lock).length) throw new Error('npm ci has not installed all packages.')
  return folder
}

/** Files of a package without the packages in it, which are listed separately. */
function filesOfPackage(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`
      if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesOfPackage(root, path)
      return entry.isFile() ? [path] : []
    })
    .sort()
}

/** Lines for `sha256sum --check`. */
async function checksumsOf(folder: string): Promise<string> {
  let lines = ''
  for (const file of readdirSync(folder).sort()) {
    const hash = createHash('sha256')
    for await (const chunk of createReadStream(join(folder, file))) hash.update(chunk as Buffer)
    lines += `${hash.digest('hex')}  ${file}\n`
  }
  return lines
}
