import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { createStateFile } from './state-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'postkey-state-file-'))
afterAll(() => rmSync(folder, { recursive: true }))
const AT = new Date('2026-03-01T09:00:00Z')

it('the state file contains exactly the written content, is readable only by its owner, and leaves no other file behind', async () => {
  const path = join(folder, 'new/folder/state')
  const file = createStateFile(path)
  expect(await file.read()).toBe('absent')

  await file.write({ epoch: 'a', counter: 7, at: AT })

  expect(await file.read()).toEqual({ epoch: 'a', counter: 7, at: AT })
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(readdirSync(join(folder, 'new/folder'))).toEqual(['state'])
})

it('the state file is replaced by another epoch, but never by a lower counter of another process', async () => {
  const path = join(folder, 'shared')
  const [one, other] = [createStateFile(path), createStateFile(path)]
  await one.write({ epoch: 'a', counter: 7, at: AT })

  await other.write({ epoch: 'a', counter: 6, at: AT })
  expect(await one.read()).toMatchObject({ counter: 7 })
  await other.write({ epoch: 'b', counter: 1, at: AT })
  expect(await one.read()).toMatchObject({ epoch: 'b', counter: 1 })
})

it('the state file stays complete when many processes write at once', async () => {
  const path = join(folder, 'busy')
  await Promise.all(
    Array.from({ length: 40 }, (_, n) => createStateFile(path).write({ epoch: 'a', counter: n + 1, at: AT })),
  )
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ epoch: 'a' })
  expect(readdirSync(folder).filter((name) => name.startsWith('busy'))).toEqual(['busy'])
})

it("a state file that can't be written reports an error", async () => {
  writeFileSync(join(folder, 'a-file'), '')
  const file = createStateFile(join(folder, 'a-file/state'))

  await expect(file.write({ epoch: 'a', counter: 1, at: AT })).rejects.toThrow(/EEXIST|ENOTDIR/)
  await expect(file.probe()).rejects.toThrow(/EEXIST|ENOTDIR/)
  expect(await file.read()).toBe('unreadable')
})

it('a check, and a write that fails, leave no other file behind', async () => {
  const path = join(folder, 'a-folder')
  mkdirSync(path)
  const file = createStateFile(path)

  await file.probe()
  await expect(file.write({ epoch: 'a', counter: 1, at: AT })).rejects.toThrow(/EISDIR|EEXIST|ENOTEMPTY/)

  expect(readdirSync(folder).filter((name) => name.startsWith('a-folder'))).toEqual(['a-folder'])
})

it.each(['', '{', 'null', '[]', '{"form":2,"epoch":"a","counter":1,"at":"2026-03-01T09:00:00Z"}', '{"form":1}'])(
  'a damaged state file is reported as unreadable: %j',
  async (text) => {
    writeFileSync(join(folder, 'damaged'), text)
    expect(await createStateFile(join(folder, 'damaged')).read()).toBe('unreadable')
  },
)
