/** A notification is only a hint, and addresses in it are ignored. */
import { expect, it, vi } from 'vitest'
import { createTestApp, createTestClock, testDatabase, WAIT } from '../../../test/kit/index.ts'

const heard: object[] = []
const { ask } = await createTestApp(await testDatabase(), createTestClock(), {
  sync: {
    wake: () => Promise.resolve(),
    lookedAt: () => Promise.resolve(),
    notified: async (notification) => void heard.push(notification),
    unfiledCount: () => Promise.resolve(0),
    reconciledOf: () => Promise.resolve([]),
  },
})

it('passes a notification on without any address from its body', async () => {
  const hostile = 'https://evil.example/v1.0/me/messages'
  const value = [
    {
      subscriptionId: 'subscription',
      clientState: 'state',
      changeType: 'created',
      resource: hostile,
      encryptedContent: { data: hostile },
      resourceData: { '@odata.type': '#Microsoft.Graph.Message', '@odata.id': hostile, id: hostile },
    },
  ]

  expect((await ask('POST /graph/notifications', { body: { value } })).status).toBe(202)

  await vi.waitUntil(() => heard.length > 0, WAIT)
  expect(Object.keys(heard[0]!).sort()).toEqual(['clientState', 'lifecycleEvent', 'subscriptionRemoteId'])
  expect(JSON.stringify(heard)).not.toContain('evil.example')
})
