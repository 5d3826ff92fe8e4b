import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ANNA, createGraphWorld, SUPPORT } from './graph-test-world.ts'

describe('with any fault on', () => {
  it('answers any call or cuts the connection, without an internal error of the sandbox', async () => {
    const world = createGraphWorld()
    const message = world.receive('invoice')
    const link = (await world.get('/me/mailFolders/inbox/messages/delta')).body['@odata.deltaLink']!
    const mail = { message: { subject: 'Hi', toRecipients: [{ emailAddress: { address: 'kim@customer.example' } }] } }
    const calls: ['GET' | 'POST' | 'PATCH' | 'DELETE', string, object?][] = [
      ['GET', '/me/messages'],
      ['GET', `/users/${SUPPORT}/mailFolders`],
      ['GET', link],
      ['GET', `/me/messages/${message.restId}/$value`],
      ['GET', '/me'],
      ['GET', '/subscriptions'],
      ['GET', '/nowhere'],
      ['POST', '/me/messages', { subject: 'Draft' }],
      ['POST', '/me/sendMail', mail],
      ['POST', `/users/${SUPPORT}/sendMail`, mail],
      ['POST', '/subscriptions', {}],
      ['PATCH', `/me/messages/${message.restId}`, { isRead: true }],
      ['DELETE', '/subscriptions/none'],
    ]
    const faults = world.faults.catalogue.filter(({ name }) => !name.endsWith('-hangs'))
    // Three in four faults belong to this module, because calls to it meet few of the others.
    const anyFault = fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...faults.filter(({ part }) => part === 'graph')) },
      { weight: 1, arbitrary: fc.constantFrom(...faults) },
    )
    const as = { ...world.person(ANNA, 'Mail.ReadWrite.Shared', 'Mail.Send.Shared', 'User.Read'), claimsCapable: true }
    const met = new Set<string>()

    await fc.assert(
      fc.asyncProperty(anyFault, fc.constantFrom(...calls), async (fault, [method, url, body]) => {
        const { id } = world.faults.switchOn(fault.name)
        world.clock.move(100)
        try {
          const answer = await world.ask(method, url, { as, ...(body && { body }) })
          if (answer.statusCode >= 500) expect(fault.part).toBe('graph')
        } catch (error) {
          const how = fault.name === 'graph-truncated-json' ? 'SyntaxError' : 'destroyed'
          expect([fault.name, String(error)]).toEqual([
            expect.stringMatching(/^graph-(connection-cut|truncated-json)$|^send-answer-lost$/) as string,
            expect.stringContaining(how) as string,
          ])
        }
        expect(world.reported).toEqual([])
        if (world.faults.callsOf(id).length > 0) met.add(fault.name)
        world.faults.switchOff(id)
      }),
      { numRuns: 300 },
    )
    expect(met.size).toBeGreaterThan(10)
  })
})
