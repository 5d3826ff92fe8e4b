import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { anyFreePort, PortsError, choosePorts } from './ports.ts'

describe('the ports of a data folder', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sandbox-ports-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('are chosen once and reused at the next start', async () => {
    const chosen = await choosePorts(folder)

    expect(new Set(Object.values(chosen)).size).toBe(6)
    expect(await choosePorts(folder)).toEqual(chosen)
  })

  it('are never changed silently: a stored port that is taken causes an error with file and fix', async () => {
    const chosen = await choosePorts(folder)
    const before = readFileSync(join(folder, 'ports.json'), 'utf8')
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(chosen.graph, '127.0.0.1', resolve))

    try {
      await expect(choosePorts(folder)).rejects.toThrow(PortsError)
      await expect(choosePorts(folder)).rejects.toThrow(`Port ${chosen.graph} (graph) is taken`)
      expect(readFileSync(join(folder, 'ports.json'), 'utf8')).toBe(before)
    } finally {
      await new Promise((resolve) => other.close(resolve))
    }
  })

  it('are added for a part that the file lacks, without changing the others', async () => {
    const { imap, ...before } = await choosePorts(folder)
    writeFileSync(join(folder, 'ports.json'), JSON.stringify(before))

    const now = await choosePorts(folder)
    expect(now).toMatchObject(before)
    expect(now.imap).toBeGreaterThan(0)
    expect(imap).toBeGreaterThan(0)
    expect(await choosePorts(folder)).toEqual(now)
  })

  it('follow the given one, also in a folder that has others', async () => {
    await choosePorts(folder)
    const first = await anyFreePort()

    expect(Object.values(await choosePorts(folder, first))).toEqual([0, 1, 2, 3, 4, 5].map((more) => first + more))
    expect(await choosePorts(folder)).toMatchObject({ login: first, smtp: first + 5 })
  })

  it.each([
    ['no JSON', '{', 'is not JSON'],
    ['a missing part', '{"login":1,"graph":2,"portal":3}', '"controlPanel" must be a port'],
    ['a port out of range', '{"login":1,"graph":2,"portal":3,"controlPanel":70000}', '"controlPanel" must be a port'],
  ])('cause an error that explains a file of %s', async (_case, text, complaint) => {
    writeFileSync(join(folder, 'ports.json'), text)

    await expect(choosePorts(folder)).rejects.toThrow(complaint)
  })
})
