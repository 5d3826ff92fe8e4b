import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { releaseNotes } from './release-notes.ts'

const CHANGELOG = `# Changelog

## Unreleased: 0.3.0

New.

## 0.2.0

### Receiving

- Faster.

## 0.1.0

- First.
`

it('are the section of the version, with headings one level higher', () => {
  expect(releaseNotes(CHANGELOG, '0.2.0')).toBe('# Postkey 0.2.0\n\n## Receiving\n\n- Faster.\n')
  expect(releaseNotes(CHANGELOG, '0.3.0')).toBe('# Postkey 0.3.0\n\nNew.\n')
})

it('are refused for a version without a section', () => {
  expect(() => releaseNotes(CHANGELOG, '0.2')).toThrow('no section "## 0.2"')
})

it('exist for the version of this checkout', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }

  expect(releaseNotes(readFileSync('CHANGELOG.md', 'utf8'), version).length).toBeGreaterThan(1000)
})
