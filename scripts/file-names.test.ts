import { globSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { WORKSPACES } from './rooms.ts'

/** Nouns that end like a verb form. */
const NOUNS = ['warning']

/** Files named by one word in -ing, which tells neither the thing nor the action. */
function bareVerbForms(files: readonly string[]): string[] {
  return files.filter((file) => {
    const name = file.split('/').at(-1)!.split('.')[0]!
    return /^[a-z]+ing$/.test(name) && !NOUNS.includes(name)
  })
}

describe('a file name', () => {
  it('is a noun, or a verb with its object', () => {
    const files = globSync(`{${Object.keys(WORKSPACES).join(',')}}/**/*.{ts,tsx}`, {
      exclude: (name) => name.split('/').some((part) => ['node_modules', 'dist', 'generated'].includes(part)),
    })
    expect(files.length).toBeGreaterThan(2000)
    expect(bareVerbForms(files)).toEqual([])
  })

  it('is reported when it is a bare word in -ing', () => {
    const files = [
      'server/src/sync/filing.ts',
      'e2e/leaving.spec.ts',
      'server/src/sync/file-message.ts',
      'a/warning.tsx',
    ]
    expect(bareVerbForms(files)).toEqual(['server/src/sync/filing.ts', 'e2e/leaving.spec.ts'])
  })
})
