import { describe, expect, it } from 'vitest'
import { readStatus, roomFolders, secretComplaints } from './staged.ts'

describe('the files of a commit', () => {
  it('are the staged files, marked when only partly staged', () => {
    const status = ['M  a.ts', 'MM b.ts', 'A  new file.ts', ' M c.ts', 'D  gone.ts', 'AM d.ts', ''].join('\0')

    expect(readStatus(status)).toEqual([
      { path: 'a.ts', partly: false },
      { path: 'b.ts', partly: true },
      { path: 'new file.ts', partly: false },
      { path: 'd.ts', partly: true },
    ])
  })

  it('are an empty list when nothing is staged', () => {
    expect(readStatus('')).toEqual([])
  })
})

describe('the changed rooms', () => {
  it('are distinct folders under src, and whole folders elsewhere', () => {
    expect(
      roomFolders([
        'server/src/tokens/grant.ts',
        'server/src/tokens/vault/rows.ts',
        'sandbox/foreign/msal.ts',
        'scripts/test.ts',
        'eslint.config.js',
      ]),
    ).toEqual(['sandbox/foreign/', 'scripts/', 'server/src/tokens/'])
  })
})

describe('secrets', () => {
  const madeUp = {
    key: ['-----BEGIN RSA PRIVATE', 'KEY-----'].join(' '),
    clientSecret: ['abc8', 'Q~0123456789abcdefghijABCDEFGHIJ-_.'].join(''),
    gitHub: ['ghp', 'a'.repeat(36)].join('_'),
    amazon: ['AKIA', 'ABCDEFGHIJKLMNOP'].join(''),
    signed: ['eyJ' + 'a'.repeat(30), 'eyJ' + 'b'.repeat(30), 'c'.repeat(30)].join('.'),
    refresh: ['0', 'A' + 'b'.repeat(300)].join('.'),
  }

  it.each(Object.entries(madeUp))('are reported in added lines: %s', (_what, value) => {
    expect(secretComplaints(diff(`+const value = '${value}'`))).toEqual([expect.stringMatching(/^src\/a\.ts: /)])
  })

  it('are ignored in removed lines', () => {
    expect(secretComplaints(diff(`-const value = '${madeUp.gitHub}'`))).toEqual([])
  })

  it('are accepted when the line marks them as invented', () => {
    expect(secretComplaints(diff(`+const value = '${madeUp.gitHub}' // not-a-secret`))).toEqual([])
  })

  it('are not suspected in ids, hashes and words', () => {
    const harmless = [
      "const id = '9188040d-6c67-4c5b-b112-36a304b66dad'",
      '"integrity": "sha512-5xoDfX+fL7faATnagmWPpbFtwh/R77WmMMqqHGS65C3vvB0YHrgF+B1YmZ3441tMj5n63k0212XNoJwzlhffQw=="',
      'const PRIVATE_KEY_HEADER = 1',
    ]
    expect(secretComplaints(diff(...harmless.map((line) => `+${line}`)))).toEqual([])
  })

  function diff(...lines: string[]): string {
    return ['diff --git a/src/a.ts b/src/a.ts', '--- a/src/a.ts', '+++ b/src/a.ts', '@@ -1 +1 @@', ...lines].join('\n')
  }
})
