import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { compressFiles } from './compressed-files.ts'

it('writes compressed files beside text, not beside images and small files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'postkey-compressed-'))
  try {
    const content = 'export const a = 1\n'.repeat(200)
    for (const name of ['a.js', 'a.css', 'a.woff2']) writeFileSync(join(folder, name), content)
    writeFileSync(join(folder, 'small.js'), 'export {}')

    compressFiles(folder)

    expect(readdirSync(folder).sort()).toEqual(
      ['a.css', 'a.css.br', 'a.css.gz', 'a.js', 'a.js.br', 'a.js.gz', 'a.woff2', 'small.js'].sort(),
    )
    expect(brotliDecompressSync(readFileSync(join(folder, 'a.js.br'))).toString()).toBe(content)
    expect(gunzipSync(readFileSync(join(folder, 'a.css.gz'))).toString()).toBe(content)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
