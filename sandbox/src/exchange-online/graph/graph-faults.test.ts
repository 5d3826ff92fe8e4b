import { describe, expect, it } from 'vitest'
import { ANNA, createGraphWorld, type GraphWorld, SUPPORT } from './graph-test-world.ts'

/** A fault that any call to a mailbox meets: what the client reads. */
interface Refused {
  fault: string
  options?: Record<string, unknown>
  status: number
  code: string
  retryAfter?: string
}

const REFUSALS: Refused[] = [
  { fault: 'graph-throttled', status: 429, code: 'ApplicationThrottled', retryAfter: '30' },
  { fault: 'graph-throttled', options: { retryAfterSeconds: 0 }, status: 429, code: 'ApplicationThrottled' },
  { fault: 'mailbox-unlicensed', status: 404, code: 'MailboxNotEnabledForRESTAPI' },
  { fault: 'full-access-withdrawn', status: 403, code: 'ErrorAccessDenied' },
]

const INBOX = `/users/${SUPPORT}/mailFolders/inbox`

describe('a fault at Graph', () => {
  it.each(REFUSALS)('$fault is told as Graph tells it, and no longer when it is off', async (row) => {
    const world = createGraphWorld()
    const { id } = world.faults.switchOn(row.fault, { mailbox: 'support@contoso.example' }, row.options)
    const answer = await askForSupport(world)

    expect([answer.statusCode, answer.body.error.code]).toEqual([row.status, row.code])
    expect(answer.body.error.innerError['request-id']).toBe(answer.headers['request-id'])
    expect(answer.headers['retry-after']).toBe(row.retryAfter)
    expect(world.faults.callsOf(id).map(({ call }) => call)).toEqual([`GET /v1.0${INBOX}`])

    world.faults.switchOff(id)
    expect((await askForSupport(world)).statusCode).toBe(200)
  })

  it.each(REFUSALS)('$fault switched on for one does not hit the neighbor', async (row) => {
    const world = createGraphWorld()
    const { scopes } = world.faults.catalogue.find(({ name }) => name === row.fault)!
    const neighbors: Record<string, string> = {
      tenant: 'fabrikam.example',
      user: 'ada@contoso.example',
      mailbox: 'billing@contoso.example',
    }
    for (const [scope, other] of Object.entries(neighbors)) {
      if (scopes.includes(scope as never)) world.faults.switchOn(row.fault, { [scope]: other }, row.options)
    }
    expect((await askForSupport(world)).statusCode).toBe(200)

    world.faults.switchOn(row.fault, {}, row.options)
    expect((await askForSupport(world)).statusCode).toBe(row.status)
  })
})

function askForSupport(world: GraphWorld, userId = ANNA) {
  return world.get(INBOX, { as: world.person(userId, 'Mail.ReadWrite.Shared') })
}
