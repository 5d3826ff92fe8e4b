import { describe, expect, it } from 'vitest'
import { resolveName, systemLookUp } from './name-lookup.ts'

describe('name lookup', () => {
  it("rejects for a name that the system doesn't find", async () => {
    await expect(systemLookUp('nothing.invalid')).rejects.toMatchObject({
      code: expect.stringMatching(/^(?:ENOTFOUND|EAI_AGAIN)$/) as string,
    })
  })

  it('reports a silent name server within the time limit', async () => {
    await expect(resolveName('graph.microsoft.com', () => new Promise(() => undefined), 5)).rejects.toMatchObject({
      code: 'egress.name_server_failed',
      detail: 'Host name: graph.microsoft.com',
      cause: { code: 'ETIMEOUT' },
    })
  })

  it('queries the system once for simultaneous lookups of one name', async () => {
    const [first, second] = [systemLookUp('localhost'), systemLookUp('localhost')]
    expect(second).toBe(first)
    expect(await first).toContain('127.0.0.1')
    expect(systemLookUp('localhost')).not.toBe(first)
  })
})
