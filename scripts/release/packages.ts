/** Packages of a release, found in `package-lock.json`: those that the server loads, and those in the web UI. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface LockedPackage {
  version?: string
  /** Hash of the files, as in Subresource Integrity. */
  integrity?: string
  license?: string
  optional?: boolean
  devOptional?: boolean
  dependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
  peerDependenciesMeta?: Record<string, { optional?: boolean }>
}

/** The `packages` of a lockfile, by their folder. */
export type Lock = Readonly<Record<string, LockedPackage>>

/** Development dependencies of the web UI that build, check or generate it, and of which no code is in the build. */
export const WEB_TOOLS: readonly string[] = [
  '@hey-api/openapi-ts',
  '@types/react',
  '@types/react-dom',
  '@vitejs/plugin-react',
  'vite',
]

export function readLock(checkout: string): Lock {
  return (JSON.parse(readFileSync(join(checkout, 'package-lock.json'), 'utf8')) as { packages: Lock }).packages
}

/** Folders of the packages that the server loads, sorted. */
export function listServerPackages(lock: Lock): string[] {
  return closureOf(lock, directOfServer(lock))
}

/** Folders of the packages whose code is part of the built web UI, sorted. */
export function listWebPackages(lock: Lock): string[] {
  return closureOf(lock, directOfWeb(lock))
}

/** Folders of the packages of which Postkey itself says that it needs them, in the server or in the web UI. */
export function listDirect(lock: Lock): string[] {
  return [...directOfServer(lock), ...directOfWeb(lock)]
}

function directOfServer(lock: Lock): string[] {
  return Object.keys(lock['server']?.dependencies ?? {}).map((name) => resolvePackage(lock, 'server', name))
}

function directOfWeb(lock: Lock): string[] {
  const { devDependencies = {} } = lock['web'] as LockedPackage & { devDependencies?: Record<string, string> }
  return Object.keys(devDependencies)
    .filter((name) => !WEB_TOOLS.includes(name))
    .map((name) => resolvePackage(lock, 'web', name))
}

/** Name of the package in a folder. */
export function nameOf(folder: string): string {
  return folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length)
}

/** `name@version` of a package folder. */
export function identityOf(lock: Lock, folder: string): string {
  return `${nameOf(folder)}@${lock[folder]!.version!}`
}

/** Folders of the packages that a package requires directly. */
export function listRequired(lock: Lock, folder: string): string[] {
  return requiredBy(lock[folder]!).map((name) => resolvePackage(lock, folder, name))
}

function closureOf(lock: Lock, folders: readonly string[]): string[] {
  const found = new Set<string>()
  const add = (folder: string): void => {
    if (found.has(folder)) return
    found.add(folder)
    listRequired(lock, folder).forEach(add)
  }
  folders.forEach(add)
  return [...found].sort()
}

/** Optional dependencies are left out, those for other platforms and those that a package can do without. */
function requiredBy({ dependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} }: LockedPackage): string[] {
  const peers = Object.keys(peerDependencies).filter((name) => peerDependenciesMeta[name]?.optional !== true)
  return [...Object.keys(dependencies), ...peers]
}

/** Folder that Node finds for `name`, from the folder of a package upward. */
function resolvePackage(lock: Lock, from: string, name: string): string {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')))) {
    const candidate = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`
    if (candidate in lock) return candidate
    if (folder === '') throw new Error(`package-lock.json has no ${name} for ${from}. Run npm install.`)
  }
}
