import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PortsError, portsOf } from './ports.ts'

describe('the ports of a data folder', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sandbox-ports-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('are chosen once and reused at the next start', async () => {
    const chosen = await portsOf(folder)

    expect(new Set(Object.values(chosen)).size).toBe(6)
    expect(await portsOf(folder)).toEqual(chosen)
  })

  it('are never changed silently: a stored port that is taken causes an error with file and fix', async () => {
    const chosen = await portsOf(folder)
    const before = readFileSync(join(folder, 'ports.json'), 'utf8')
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(chosen.graph, '127.0.0.1', resolve))

    try {
      await expect(portsOf(folder)).rejects.toThrow(PortsError)
      await expect(portsOf(folder)).rejects.toThrow(`Port ${chosen.graph} (graph) is taken`)
      expect(readFileSync(join(folder, 'ports.json'), 'utf8')).toBe(before)
    } finally {
      await new Promise((resolve) => other.close(resolve))
    }
  })

  it('are added for a part that the file lacks, without changing the others', async () => {
    const { imap, ...before } = await portsOf(folder)
    writeFileSync(join(folder, 'ports.json'), JSON.stringify(before))

    const now = await portsOf(folder)
    expect(now).toMatchObject(before)
    expect(now.imap).toBeGreaterThan(0)
    expect(imap).toBeGreaterThan(0)
    expect(await portsOf(folder)).toEqual(now)
  })

  it.each([
    ['no JSON', '{', 'is not JSON'],
    ['a missing part', '{"login":1,"graph":2,"portal":3}', '"controlPanel" must be a port'],
    ['a port out of range', '{"login":1,"graph":2,"portal":3,"controlPanel":70000}', '"controlPanel" must be a port'],
  ])('cause an error that explains a file of %s', async (_case, text, complaint) => {
    writeFileSync(join(folder, 'ports.json'), text)

    await expect(portsOf(folder)).rejects.toThrow(complaint)
  })
})
