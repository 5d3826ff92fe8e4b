import { describe, expect, it } from 'vitest'
import { createMailWorld } from '../../test/mail-world.ts'
import { createControlPanelSite } from './index.ts'

describe('the fault API', () => {
  it('lists each fault with everything needed to switch it on', async () => {
    const { json } = setUp()
    const { count, faults } = (await json('GET', '/api/faults')).body as { count: number; faults: Listed[] }

    expect(count).toBe(faults.length)
    expect(new Set(faults.map(({ name }) => name)).size).toBe(count)
    for (const fault of faults) {
      expect(fault.name).toMatch(/^[a-z][a-z0-9-]+$/)
      expect(['entra-id', 'graph', 'imap', 'smtp']).toContain(fault.part)
      expect(fault.reveals.length).toBeGreaterThan(0)
      expect([fault.title, fault.what, fault.evidence].every((text) => text.length > 5)).toBe(true)
      expect(fault.options).toHaveProperty('times')
    }
  })

  it('switches a fault on, shows it and switches it off', async () => {
    const { json, clock } = setUp()
    const since = clock.now().toISOString().slice(0, 13)
    const on = { user: 'BEN@contoso.example', tenant: 'contoso.example' }
    const { status, body } = await json('POST', '/api/faults', { name: 'user-disabled', on, options: { times: 3 } })
    expect(status).toBe(201)
    const { id } = body as { id: string }

    const listed = (await json('GET', '/api/faults')).body as { on: { since: string }[]; faults: Listed[] }
    const shown = {
      id,
      name: 'user-disabled',
      on: { user: '00000000-0000-4000-8000-000000000003', tenant: '5f9c1c3e-6d1b-4a57-9b1e-2c0a8f3d7e11' },
      options: { times: 3 },
      met: 0,
    }
    expect(listed.on).toEqual([expect.objectContaining(shown)])
    expect(listed.on[0]?.since.startsWith(since)).toBe(true)
    expect(listed.faults.filter(({ on: each }) => each.length > 0).map(({ name }) => name)).toEqual(['user-disabled'])

    expect((await json('GET', `/api/faults/${id}/calls`)).body).toEqual([])
    expect((await json('DELETE', `/api/faults/${id}`)).status).toBe(204)
    expect((await json('GET', '/api/faults')).body).toMatchObject({ on: [] })
    // The calls that the fault affected stay readable.
    expect((await json('GET', `/api/faults/${id}/calls`)).status).toBe(200)
  })

  it('switches off all faults with one call', async () => {
    const { json, faults } = setUp()
    faults.switchOn('user-disabled')
    faults.switchOn('graph-throttled')
    expect((await json('DELETE', '/api/faults')).status).toBe(204)
    expect(faults.listOn()).toEqual([])
  })

  it('names the error in an invalid request', async () => {
    const { json } = setUp()
    const requests: [unknown, string | undefined][] = [
      [{ name: 'no-such-fault' }, 'name'],
      [{}, 'name'],
      ['x', 'name'],
      [{ name: 'user-disabled', on: { mailbox: 'ben@contoso.example' } }, 'on'],
      [{ name: 'user-disabled', on: { user: 'nobody@contoso.example' } }, 'on'],
      [{ name: 'user-disabled', on: { user: 7 } }, 'on'],
      [{ name: 'user-disabled', on: 'ben' }, 'on'],
      [{ name: 'user-disabled', on: { __proto__x: 'ben' } }, 'on'],
      [{ name: 'user-disabled', options: { often: 1 } }, 'options'],
      [{ name: 'user-disabled', options: 1 }, 'options'],
      [{ name: 'graph-throttled', options: { retryAfterSeconds: 3601 } }, 'retryAfterSeconds'],
      [{ name: 'graph-throttled', options: { retryAfterSeconds: 1.5 } }, 'retryAfterSeconds'],
      [{ name: 'graph-throttled', options: { retryAfterSeconds: '30' } }, 'retryAfterSeconds'],
      [{ name: 'entra-unavailable', options: { code: '1' } }, 'code'],
      [{ name: 'user-disabled', for: 'ben' }, 'for'],
    ]
    for (const [request, field] of requests) {
      const { status, body } = await json('POST', '/api/faults', request)
      expect([request, status >= 400 && status < 500, (body as { error: { field: string } }).error.field]).toEqual([
        request,
        true,
        field,
      ])
    }
    expect((await json('DELETE', '/api/faults/none')).status).toBe(404)
    expect((await json('GET', '/api/faults/none/calls')).status).toBe(404)
  })
})

describe('the clock API', () => {
  it('notifies followers of a move at once', async () => {
    const { json } = setUp()
    const before = (await json('GET', '/api/clock')).body as { offsetMs: number }
    const followed = json('GET', `/api/clock?after=${before.offsetMs}`)
    await json('POST', '/api/clock', { byMs: 3_600_000 })

    expect((await followed).body).toMatchObject({ offsetMs: before.offsetMs + 3_600_000 })
    // A follower that sends an older time receives the newer one without waiting.
    expect((await json('GET', `/api/clock?after=${before.offsetMs}`)).body).toMatchObject({ offsetMs: 3_600_000 })
  })

  it('releases followers when their wait has expired', async () => {
    const { json } = setUp()
    expect((await json('GET', '/api/clock?after=0&waitMs=1')).body).toMatchObject({ offsetMs: 0 })
    for (const query of ['after=x', 'waitMs=-1', 'waitMs=60001', 'after=1&after=2']) {
      expect((await json('GET', `/api/clock?${query}`)).status).toBe(400)
    }
  })
})

interface Listed {
  name: string
  title: string
  part: string
  what: string
  evidence: string
  options: object
  reveals: string[]
  on: object[]
}

function setUp() {
  const world = createMailWorld()
  const at = 'http://localhost:8413'
  const listening = { login: at, graph: at, portal: at, controlPanel: at }
  const site = createControlPanelSite({
    ...world,
    settings: { listening, named: listening },
    report: (error) => {
      throw error
    },
  })
  return {
    ...world,
    json: async (method: 'GET' | 'POST' | 'DELETE', url: string, body?: unknown) => {
      const answer = await site.inject({
        method,
        url,
        headers: { host: 'localhost:8413', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
      })
      return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json<unknown>() }
    },
  }
}
