import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, expect, it } from 'vitest'
import { writeBuild } from './web-build.ts'

interface Chunk {
  file: string
  css?: string[]
  imports?: string[]
  dynamicImports?: string[]
}
type Manifest = Readonly<Record<string, Chunk>>

/** A page in its first second on a slow line. Make a part lazy, or take its styles and texts out, before raising this. */
const MOST_KILOBYTES = 320

/** Files that the browser loads for these modules, without what they import later. */
function filesOf(manifest: Manifest, modules: readonly string[]): Set<string> {
  const known = new Set<string>()
  const add = (name: string): string[] => {
    if (known.has(name)) return []
    known.add(name)
    const { file, css = [], imports = [] } = manifest[name]!
    return [file, ...css, ...imports.flatMap(add)]
  }
  return new Set(modules.flatMap(add))
}

const folder = mkdtempSync(join(tmpdir(), 'postkey-inbox-'))
writeBuild(folder)
const manifest = JSON.parse(readFileSync(join(folder, '.vite/manifest.json'), 'utf8')) as Manifest
afterAll(() => rmSync(folder, { recursive: true }))

it('the page sends its first requests before the rest of its code is loaded', () => {
  const page = readFileSync(join(folder, 'index.html'), 'utf8')
  const [early, ...others] = [...page.matchAll(/<script [^>]*src="\/([^"]+)"/g)].map(([, file]) => file!)

  expect(others).toHaveLength(1)
  expect(page).toContain(`<script type="module" async crossorigin src="/${early}">`)
  const code = readFileSync(join(folder, early!), 'utf8')
  expect(code).toContain('/v1/session')
  expect(code).not.toMatch(/\bimport\b/)
})

it('the inbox loads few kilobytes of code and styles', () => {
  const sizes = [...filesOf(manifest, ['index.html', 'src/scenes/inbox/inbox.tsx'])]
    .map((file) => ({ file, kilobytes: gzipSync(readFileSync(join(folder, file))).length / 1000 }))
    .sort((one, other) => other.kilobytes - one.kilobytes)

  const sum = sizes.reduce((total, { kilobytes }) => total + kilobytes, 0)
  expect(sum, sizes.map(({ file, kilobytes }) => `${kilobytes} ${file}`).join('\n')).toBeLessThan(MOST_KILOBYTES)
})

it('the dialogs of the list load no texts of other pages', () => {
  const texts = [...filesOf(manifest, ['src/scenes/inbox/inbox-dialogs.tsx'])].filter((file) =>
    /\/(?:audit|cloud-providers|settings|incidents)-[^/]*\.js$/.test(file),
  )
  expect(texts).toEqual([])
})

it('the dialogs opened by keys of the list load no code later: letters typed until then would be commands', () => {
  expect(manifest['src/scenes/inbox/inbox-dialogs.tsx']).toMatchObject({ isDynamicEntry: true })
  expect(manifest['src/scenes/inbox/inbox-dialogs.tsx']).not.toHaveProperty('dynamicImports')
})
