import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { portOf } from './port.ts'
import { StartError } from './start-step.ts'

const top = mkdtempSync(join(tmpdir(), 'postkey-port-'))
afterAll(() => rmSync(top, { recursive: true }))
const newFolder = () => mkdtempSync(join(top, 'data-'))

describe('the port of a data folder', () => {
  it('is chosen once and then kept', async () => {
    const folder = newFolder()
    const port = await portOf(folder)

    expect(await portOf(folder)).toBe(port)
    expect(readFileSync(join(folder, 'port'), 'utf8')).toBe(`${port}\n`)
  })

  it('is replaced only at the first start when the preferred port is taken', async () => {
    const folder = newFolder()
    const holder = createServer().listen(8400, '127.0.0.1')
    // If another program uses the port already, the effect is the same.
    await Promise.race([once(holder, 'listening'), once(holder, 'error')]).catch(() => undefined)

    expect(await portOf(folder)).not.toBe(8400)

    writeFileSync(join(folder, 'port'), '8400\n')
    await expect(portOf(folder)).rejects.toThrow(/Port 8400 is taken/)
    holder.close()
  })

  it.each(['', 'x', '0', '70000', '8400.5'])('is an error when the file contains "%s"', async (text) => {
    const folder = newFolder()
    writeFileSync(join(folder, 'port'), text)

    await expect(portOf(folder)).rejects.toThrow(StartError)
  })
})
