import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSmtpWorld, type Message, type SmtpWorld, xoauth2 } from '../../../test/smtp-world.ts'

let world: SmtpWorld
beforeEach(async () => {
  world = await createSmtpWorld()
})
afterEach(() => world.close())

const SUPPORT = { from: 'support@contoso.example' }
const OWN_FROM = { headerFrom: 'support@contoso.example' }

/** Fault, its options, the message sent, and the final reply. */
const HEARD: [name: string, options: Record<string, unknown>, message: Message, reply: RegExp | 'over'][] = [
  [
    'smtp-auth-off-tenant',
    {},
    {},
    /^535 5\.7\.139 .*disabled for the Tenant\. Visit https:\/\/aka\.ms\/smtp_auth_disabled/,
  ],
  [
    'smtp-auth-off-mailbox',
    {},
    {},
    /^535 5\.7\.139 .*disabled for the Mailbox\. Visit https:\/\/aka\.ms\/smtp_auth_disabled/,
  ],
  ['smtp-authentication-unsuccessful', {}, {}, /^535 5\.7\.3 Authentication unsuccessful \[/],
  ['smtp-criteria-not-met', {}, {}, /^535 5\.7\.139 .*did not meet the criteria to be authenticated/],
  ['smtp-security-defaults', {}, {}, /^535 5\.7\.139 .*security defaults policy/],
  ['smtp-busy-at-sign-in', {}, {}, /^454 4\.7\.0/],
  ['smtp-send-as-denied', {}, SUPPORT, /^554 5\.2\.252 SendAsDenied; anna@contoso\.example not allowed/],
  ['smtp-send-as-denied', { at: 'MAIL FROM' }, SUPPORT, /^550 5\.7\.60 SMTP; Client does not have permissions/],
  ['send-as-withdrawn', {}, OWN_FROM, /^554 5\.2\.252 SendAsDenied/],
  ['smtp-too-many-connections', {}, {}, /^432 4\.3\.2 Concurrent connections limit exceeded/],
  ['smtp-too-many-connections', { at: 'end of DATA' }, {}, /^432 4\.3\.2 STOREDRV\.ClientSubmit; sender thread/],
  ['smtp-quota-exceeded', {}, {}, /^554 5\.2\.0 STOREDRV\.Submission\.Exception:SubmissionQuotaExceeded/],
  ['smtp-store-unavailable', {}, {}, /^430 4\.2\.0 STOREDRV; mailbox logon failure/],
  ['smtp-sender-blocked', {}, {}, /^550 5\.1\.8 Access denied, bad outbound sender/],
  ['smtp-tenant-limit', {}, {}, /^550 5\.7\.708/],
  ['smtp-mailbox-inaccessible', {}, {}, /^550 Mailbox cannot be accessed/],
  ['mailbox-gone', {}, {}, /^550 Mailbox cannot be accessed/],
  ['mailbox-unlicensed', {}, {}, /^550 Mailbox cannot be accessed/],
  ['smtp-message-size', { bytes: 10 }, {}, /^552 5\.3\.4/],
  ['smtp-recipients-limit', {}, {}, /^452 4\.5\.3/],
  ['smtp-recipient-refused', {}, {}, /^550 5\.1\.1/],
  ['smtp-greylisted', {}, {}, /^450 4\.2\.0 <kim@customer\.example>: Recipient address rejected: Greylisted/],
  ['smtp-unavailable', {}, {}, /^421 4\.3\.2/],
  ['smtp-connection-cut', {}, {}, 'over'],
  ['smtp-connection-cut', { at: 'MAIL FROM' }, {}, 'over'],
  ['smtp-cut-before-dot', {}, {}, 'over'],
  ['smtp-cut-before-dot', { afterBytes: 20 }, {}, 'over'],
  ['smtp-cut-after-dot', {}, {}, 'over'],
  ['smtp-421-after-dot', { message: 'lost' }, {}, /^421 4\.3\.2/],
]

describe('a fault at SMTP', () => {
  it.each(HEARD)(
    '%s %j has its reply, prevents sending, and ends when it is switched off',
    async (name, options, message, reply) => {
      const { id } = world.faults.switchOn(name, {}, options)

      if (reply === 'over') await expect(converse(message)).rejects.toThrow('the server closed')
      else expect(await converse(message)).toMatch(reply)
      expect(await everywhere()).toEqual([])
      expect(world.faults.callsOf(id)).toHaveLength(1)

      world.faults.switchOff(id)
      expect(await converse(message)).toMatch(/^250 2\.0\.0 OK/)
      expect(await everywhere()).toEqual(['Offer', 'Offer'])
    },
  )

  it.each([
    ['smtp-answer-lost', {}],
    ['smtp-421-after-dot', { message: 'taken' }],
  ])('%s %j hides that the message was sent', async (name, options) => {
    world.faults.switchOn(name, {}, options)

    await converse({}).then(
      (reply) => expect(reply).toMatch(/^421/),
      (error: unknown) => expect(String(error)).toContain('the server closed'),
    )
    expect(await everywhere()).toEqual(['Offer', 'Offer'])
  })

  it.each([
    ['smtp-no-greeting', /^$/],
    ['smtp-hangs', /^$/],
  ])('%s keeps the client waiting until it is switched off, and prevents sending', async (name) => {
    const { id } = world.faults.switchOn(name)
    const answer = converse({}).catch((error: unknown) => String(error))
    await expect.poll(() => world.faults.callsOf(id).length).toBe(1)

    world.faults.switchOff(id)

    expect(await answer).toContain('the server closed')
    expect(await everywhere()).toEqual([])
  })

  it.each([
    ['AUTH', /AUTH/],
    ['XOAUTH2', /XOAUTH2/],
  ])('smtp-no-auth omits %s', async (missing, word) => {
    world.faults.switchOn('smtp-no-auth', {}, { missing })
    const line = await world.raw()
    await line.until(/^220 .*\r\n/m)
    line.send('EHLO client.example\r\n')

    expect(await line.until(/^250 .*\r\n/m)).not.toMatch(word)
    expect(await world.ask(line, `AUTH XOAUTH2 ${xoauth2('anna@contoso.example', world.token())}`)).toMatch(
      /^504 5\.7\.4/,
    )
  })

  it('smtp-slow delays every reply', async () => {
    world.faults.switchOn('smtp-slow', {}, { ms: 100 })
    /* eslint-disable no-restricted-syntax -- a lower bound: a stalled machine only adds to it */
    const start = performance.now()
    await converse({})

    expect(performance.now() - start).toBeGreaterThan(400)
    /* eslint-enable no-restricted-syntax */
  })

  it('smtp-sent-copy-late and smtp-no-sent-copy leave Sent Items empty, for a while or permanently', async () => {
    const { id } = world.faults.switchOn('smtp-sent-copy-late', {}, { seconds: 60 })
    await converse({ subject: 'Late' })
    expect(await world.subjectsIn('anna@contoso.example', 'sentitems')).not.toContain('Late')
    world.clock.move(60_000)
    expect(await world.subjectsIn('anna@contoso.example', 'sentitems')).toContain('Late')
    world.faults.switchOff(id)

    world.faults.switchOn('smtp-no-sent-copy')
    await converse({ subject: 'Never' })
    world.clock.move(3_600_000)
    expect(await world.subjectsIn('anna@contoso.example', 'sentitems')).not.toContain('Never')
  })

  it('affects only its target mailbox', async () => {
    world.faults.switchOn('smtp-auth-off-mailbox', { mailbox: 'support@contoso.example' })

    expect(await converse({})).toMatch(/^250/)
    const line = await world.greeted()
    expect(await world.ask(line, `AUTH XOAUTH2 ${xoauth2('support@contoso.example', world.token())}`)).toMatch(/^535/)
  })

  it('is covered by this file, whatever its name', () => {
    const tried = new Set([...HEARD.map(([name]) => name), ...ELSEWHERE])

    expect(world.faults.catalogue.filter(({ part, name }) => part === 'smtp' && !tried.has(name))).toEqual([])
  })
})

const ELSEWHERE = [
  ...['smtp-answer-lost', 'smtp-no-greeting', 'smtp-hangs', 'smtp-no-auth', 'smtp-slow', 'smtp-sent-copy-late'],
  'smtp-no-sent-copy',
]

/**
 * Runs a session from the greeting to the end of the message and returns the last reply. Throws when the server closes
 * the connection.
 */
async function converse(message: Message): Promise<string> {
  const line = await world.raw()
  const greeting = (await line.until(/^\d{3} .*\r\n/m)).trimEnd()
  if (!greeting.startsWith('220')) return greeting
  line.send('EHLO client.example\r\n')
  await line.until(/^250 .*\r\n/m)
  const reply = await world.ask(line, `AUTH XOAUTH2 ${xoauth2('anna@contoso.example', world.token())}`)
  const last = reply.startsWith('235') ? await world.submit(line, message) : reply
  line.socket.destroy()
  return last
}

/** Mail that Kim received, and its Sent copies. */
async function everywhere(): Promise<(string | undefined)[]> {
  const kept = await world.subjectsIn('anna@contoso.example', 'sentitems')
  const out = world.outside.mail
    .list({ limit: 10 })
    .map(({ id }) => Buffer.from(world.outside.mail.mime(id)!).toString())
  return [...kept, ...out.map((mime) => /^Subject: (.*)\r$/m.exec(mime)?.[1])].filter((subject) => subject === 'Offer')
}
