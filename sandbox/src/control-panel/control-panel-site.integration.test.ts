import { afterEach, describe, expect, it } from 'vitest'
import { anyFreePort } from '../ports.ts'
import { createMailWorld } from '../../test/mail-world.ts'
import { createControlPanelSite } from './index.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

describe('the control panel on a socket', () => {
  it('answers a waiting client as soon as mail arrives', async () => {
    const { controlPanel, sendOut, somebodyWaits } = await setUp()

    const waiting = fetch(`${controlPanel}/api/outside/messages?after=0&waitMs=30000`)
    await somebodyWaits()
    await sendOut({ fields: { Subject: 'here it is' } })

    expect(await (await waiting).json()).toMatchObject({ messages: [{ subject: 'here it is' }] })
  })

  it('drops a waiting client that disconnected', async () => {
    const { controlPanel, somebodyWaits, nobodyWaits } = await setUp()
    const hangUp = new AbortController()

    const waiting = fetch(`${controlPanel}/api/outside/messages?after=0&waitMs=30000`, { signal: hangUp.signal })
    await somebodyWaits()
    hangUp.abort()

    await expect(waiting).rejects.toThrow()
    await nobodyWaits()
  })

  it('closes although a client is waiting', async () => {
    const { controlPanel, site, somebodyWaits } = await setUp()
    const waiting = fetch(`${controlPanel}/api/outside/messages?after=0&waitMs=30000`)
    await somebodyWaits()

    await site.close()

    expect(await (await waiting).json()).toEqual({ messages: [], next: 0 })
  })

  it('answers under each host name of this computer', async () => {
    const { controlPanel } = await setUp()

    expect((await fetch(`${controlPanel}/healthz`)).status).toBe(200)
    expect((await fetch(`${controlPanel.replace('localhost', '127.0.0.1')}/healthz`)).status).toBe(200)
  })
})

async function setUp() {
  const world = createMailWorld()
  const port = await anyFreePort()
  const controlPanel = `http://localhost:${port}`
  const listening = { login: controlPanel, graph: controlPanel, portal: controlPanel, controlPanel }
  const settings = { listening, named: listening }
  const site = createControlPanelSite({ ...world, settings, report: (error) => console.error(error) })
  await site.listen({ host: 'localhost', port })
  closing.push(async () => site.close())

  const { mail } = world.outside
  const { nextArrival } = mail
  const [begun, ended] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()]
  mail.nextArrival = async (...args) => {
    begun.resolve(undefined)
    await nextArrival(...args)
    ended.resolve(undefined)
  }
  return { ...world, site, controlPanel, somebodyWaits: () => begun.promise, nobodyWaits: () => ended.promise }
}
