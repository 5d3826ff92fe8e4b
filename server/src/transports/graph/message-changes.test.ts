import { expect, it } from 'vitest'
import { json, openStrictGraph, refusal, StrictGraph } from '../../../test/transports/graph/strict-graph.ts'

it.each([
  [409, 'ErrorIrresolvableConflict'],
  [412, 'ErrorIrresolvableConflict'],
  [409, 'ErrorMoveCopyFailed'],
])('a message refused with %i %s leaves the others in work', async (status, code) => {
  const graph = new StrictGraph(({ url }) => (url.pathname.includes('/bad') ? refusal(status, code) : json({})))
  const { reading } = openStrictGraph(graph).transport
  const { outcomes, stoppedBy } = await reading.changing!.markSeen(['bad', 'good'], true)
  expect(stoppedBy).toBeUndefined()
  expect(outcomes.get('bad')).toMatchObject({ kind: 'failed', error: { code: 'transports.changed_meanwhile' } })
  expect(outcomes.get('good')).toEqual({ kind: 'done', remoteId: 'good' })
})

it('names the message at which it stops', async () => {
  const graph = new StrictGraph(({ url }) =>
    url.pathname.includes('/bad') ? refusal(503, 'ErrorInternalServerError') : json({}),
  )
  const { reading } = openStrictGraph(graph).transport
  const result = await reading.changing!.markSeen(['good', 'bad', 'untried'], true)
  expect(result.stoppedBy).toMatchObject({ code: 'transports.unavailable' })
  expect(result.stoppedAt).toEqual(['bad'])
  expect([...result.outcomes.keys()]).toEqual(['good'])
})

it('begins no further message after the end', async () => {
  const end = new AbortController()
  const graph = new StrictGraph(() => {
    end.abort()
    return json({})
  })
  const { reading } = openStrictGraph(graph).transport
  const { outcomes } = await reading.changing!.markSeen(['first', 'second'], true, end.signal)
  expect([...outcomes.keys()]).toEqual(['first'])
})
