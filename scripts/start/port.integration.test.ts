import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { freePort } from '../../mail-servers/free-port.ts'
import { choosePort } from './port.ts'
import { StartError } from './start-step.ts'

const top = mkdtempSync(join(tmpdir(), 'postkey-port-'))
afterAll(() => rmSync(top, { recursive: true }))
const newFolder = () => mkdtempSync(join(top, 'data-'))

describe('the port of a data folder', () => {
  it('is chosen once and then kept', async () => {
    const folder = newFolder()
    const preferred = await freePort()
    const port = await choosePort(folder, preferred)

    expect(port).toBe(preferred)
    expect(await choosePort(folder, preferred)).toBe(port)
    expect(readFileSync(join(folder, 'port'), 'utf8')).toBe(`${port}\n`)
  })

  it('is replaced only at the first start when the preferred port is taken', async () => {
    const folder = newFolder()
    // Not 8400: another test may start Postkey there.
    const preferred = await freePort()
    const holder = createServer().listen(preferred, '127.0.0.1')
    await once(holder, 'listening')

    expect(await choosePort(folder, preferred)).not.toBe(preferred)

    writeFileSync(join(folder, 'port'), `${preferred}\n`)
    await expect(choosePort(folder, preferred)).rejects.toThrow(`Port ${preferred} is taken`)
    holder.close()
  })

  it('lies below the range of outgoing connections when the preferred port is taken', async () => {
    const preferred = await freePort()
    const holder = createServer().listen(preferred, '127.0.0.1')
    await once(holder, 'listening')

    for (let n = 0; n < 20; n++) expect(await choosePort(newFolder(), preferred)).toBeLessThan(32_768)
    holder.close()
  })

  it.each(['', 'x', '0', '70000', '8400.5'])('is an error when the file contains "%s"', async (text) => {
    const folder = newFolder()
    writeFileSync(join(folder, 'port'), text)

    await expect(choosePort(folder)).rejects.toThrow(StartError)
  })
})
