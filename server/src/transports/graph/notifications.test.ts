import { describe, expect, it } from 'vitest'
import { Secret } from '../../kernel/secret.ts'
import { GRAPH_ROOT, json, openStrictGraph, refusal, StrictGraph } from '../../../test/transports/graph/strict-graph.ts'

const OURS = 'https://postkey.example/graph/notifications'
const REQUEST = {
  notificationUrl: OURS,
  lifecycleNotificationUrl: OURS,
  clientState: new Secret('known to both'),
}

/** Graph with the subscriptions of one application, at most one per mailbox. */
function graphWith(others: Record<string, { resource: string; notificationUrl: string }>) {
  const there = new Map(Object.entries(others))
  const graph = new StrictGraph(({ method, url }) => {
    const id = url.pathname.split('/').at(-1)!
    if (method === 'DELETE')
      return there.delete(id) ? new Response(null, { status: 204 }) : refusal(404, 'ResourceNotFound')
    if (method === 'GET') {
      const all = [...there].map(([key, each]) => ({ id: key, ...each }))
      const at = Number(url.searchParams.get('$skiptoken') ?? 0)
      const next = at + 1 < all.length && { '@odata.nextLink': `${GRAPH_ROOT}/v1.0/subscriptions?$skiptoken=${at + 1}` }
      return json({ value: all.slice(at, at + 1), ...next })
    }
    if ([...there.values()].some(({ resource }) => resource.endsWith('me/messages'))) {
      return refusal(409, 'ObjectIdentifierInUse')
    }
    there.set('new', { resource: 'me/messages', notificationUrl: OURS })
    return json({ id: 'new', expirationDateTime: '2026-12-01T00:00:00Z' }, 201)
  })
  return { graph, there }
}

describe('an existing subscription', () => {
  it('is replaced if it is ours and its client state is lost', async () => {
    const elsewhere = { resource: 'users/kim/messages', notificationUrl: OURS }
    const { graph, there } = graphWith({ elsewhere, orphan: { resource: '/me/messages', notificationUrl: OURS } })

    const made = await openStrictGraph(graph).transport.reading.notifications!.subscribe(REQUEST)

    expect(made.remoteId).toBe('new')
    expect([...there.keys()]).toEqual(['elsewhere', 'new'])
    expect(graph.complaints).toEqual([])
  })

  it('stays if it belongs to another installation, without repeated tries', async () => {
    const other = { resource: 'me/messages', notificationUrl: 'https://other.example/graph/notifications' }
    const { graph, there } = graphWith({ other })

    await expect(openStrictGraph(graph).transport.reading.notifications!.subscribe(REQUEST)).rejects.toMatchObject({
      remedy: 'wait',
      upstream: { status: 409 },
    })

    expect([...there.keys()]).toEqual(['other'])
    expect(graph.asked.filter(({ method }) => method === 'POST')).toHaveLength(1)
  })
})
