import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from './sandbox.ts'
import { rawConnection } from '../test/imap-world.ts'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({ withMail: false })
})
afterAll(() => sandbox.close())

const discovery = (signal?: AbortSignal) =>
  fetch(`${sandbox.addresses.login}/common/v2.0/.well-known/openid-configuration`, signal ? { signal } : {})

describe('a fault over a real connection', () => {
  it('cuts the connection, and has no effect after it is switched off', async () => {
    const { id } = await switchOn('entra-connection-cut')
    await expect(discovery()).rejects.toThrow('fetch failed')
    expect(await callsOf(id)).toEqual([{ at: expect.any(String) as string, call: 'discovery' }])
    await switchOff(id)
    expect((await discovery()).status).toBe(200)
  })

  it('keeps a caller waiting until it gives up', async () => {
    const { id } = await switchOn('entra-hangs')
    await expect(discovery(AbortSignal.timeout(150))).rejects.toThrow('aborted due to timeout')
    await switchOff(id)
  })

  it('disconnects a waiting caller when it is switched off', async () => {
    const { id } = await switchOn('entra-hangs')
    const waiting = expect(discovery()).rejects.toThrow('fetch failed')
    await met(id)
    await switchOff(id)
    await waiting
  })

  it('does not keep the sandbox from closing while a caller waits', async () => {
    const other = await startSandbox({ withMail: false })
    const { id } = other.faults.switchOn('entra-hangs')
    const waiting = expect(fetch(`${other.addresses.login}/common/discovery/v2.0/keys`)).rejects.toThrow()
    while (other.faults.callsOf(id).length === 0) await new Promise((resolve) => setImmediate(resolve))
    await other.close()
    await waiting
  })

  it('applies to IMAP, at the port that the control panel reports', async () => {
    const { id } = await switchOn('imap-bye-at-once')
    const addresses = (await (await fetch(`${sandbox.addresses.controlPanel}/api/addresses`)).json()) as {
      imap: { host: string; port: number }
    }
    const line = await rawConnection(addresses.imap.port)
    await line.over()
    expect(line.text).toBe('* BYE Connection closed. 14\r\n')
    expect(await callsOf(id)).toEqual([{ at: expect.any(String) as string, call: 'IMAP greeting' }])
    await switchOff(id)

    const greeted = await rawConnection(addresses.imap.port)
    await greeted.until(/^\* OK /)
    greeted.socket.destroy()
  })
})

async function switchOn(name: string): Promise<{ id: string }> {
  const answer = await fetch(`${sandbox.addresses.controlPanel}/api/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
  })
  expect(answer.status).toBe(201)
  return (await answer.json()) as { id: string }
}

async function switchOff(id: string): Promise<void> {
  expect((await fetch(`${sandbox.addresses.controlPanel}/api/faults/${id}`, { method: 'DELETE' })).status).toBe(204)
}

async function callsOf(id: string): Promise<unknown[]> {
  return (await (await fetch(`${sandbox.addresses.controlPanel}/api/faults/${id}/calls`)).json()) as unknown[]
}

async function met(id: string): Promise<void> {
  while ((await callsOf(id)).length === 0) await new Promise((resolve) => setImmediate(resolve))
}
