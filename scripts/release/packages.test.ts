import { describe, expect, it } from 'vitest'
import { listServerPackages, listWebPackages, readLock, type Lock } from './packages.ts'

const LOCK = {
  server: { dependencies: { a: '1.0.0' }, optionalDependencies: { binaries: '1.0.0' } },
  web: { devDependencies: { a: '2.0.0', vite: '1.0.0' } },
  'node_modules/a': {
    version: '2.0.0',
    dependencies: { b: '^1.0.0' },
    optionalDependencies: { binaries: '1.0.0' },
    peerDependencies: { c: '*', d: '*' },
    peerDependenciesMeta: { d: { optional: true } },
  },
  'node_modules/b': { version: '1.0.0', dependencies: { a: '*' } },
  'node_modules/c': { version: '1.0.0' },
  'node_modules/d': { version: '1.0.0' },
  'node_modules/vite': { version: '1.0.0' },
  'server/node_modules/a': { version: '1.0.0', dependencies: { b: '^2.0.0' } },
  'server/node_modules/a/node_modules/b': { version: '2.0.0' },
} as Lock

describe('the packages of a release', () => {
  it('are those of the server, each in the folder where Node finds it', () => {
    expect(listServerPackages(LOCK)).toEqual(['server/node_modules/a', 'server/node_modules/a/node_modules/b'])
  })

  it('are those in the web UI, with required peers, without tools and optional packages', () => {
    expect(listWebPackages(LOCK)).toEqual(['node_modules/a', 'node_modules/b', 'node_modules/c'])
  })

  it('are refused when the lockfile lacks one', () => {
    const { 'node_modules/c': _, ...others } = LOCK

    expect(() => listWebPackages(others)).toThrow('package-lock.json has no c for node_modules/a')
  })

  it('are the packages that npm ci --omit=dev --omit=optional installs', () => {
    const lock = readLock('.') as Record<string, Record<string, unknown>>
    const installed = Object.keys(lock).filter(
      (folder) =>
        folder.includes('node_modules/') &&
        ['dev', 'optional', 'devOptional', 'link'].every((flag) => lock[folder]![flag] !== true),
    )

    expect(listServerPackages(lock)).toEqual(installed.sort())
  })
})
