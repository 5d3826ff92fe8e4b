import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ANNA, createImapWorld, type ImapWorld, SUPPORT, xoauth2 } from '../../../test/imap-world.ts'

let world: ImapWorld
beforeEach(async () => {
  world = await createImapWorld()
})
afterEach(async () => {
  await world.close()
  expect(world.reported).toEqual([])
})

type Row = [fault: string, options: object, command: string, answer: RegExp]

/** Responses in a session in Support's inbox, which contains one message. */
const ANSWERS: Row[] = [
  ['imap-mailbox-off', {}, 'SELECT INBOX', /BAD User is authenticated but not connected\.\r\n\* BYE Connection closed\. 14\r\n$/],
  ['imap-not-connected', {}, 'SELECT INBOX', /BAD User is authenticated but not connected\.\r\n/],
  ['imap-not-connected', { who: 'people' }, 'SELECT INBOX', /BAD User is authenticated but not connected\.\r\n/],
  ['imap-throttled', {}, 'UID FETCH 1 FLAGS', /BAD Request is throttled\. Suggested Backoff Time: 92415 milliseconds\r\n$/],
  ['imap-throttled', { commands: 'search', backoffMs: 5 }, 'UID SEARCH ALL', /BAD Request is throttled\. Suggested Backoff Time: 5 milliseconds\r\n$/],
  ['imap-unavailable', {}, 'STATUS INBOX (MESSAGES)', /NO Server Unavailable\. 15\r\n$/],
  ['imap-unavailable', { status: 'BAD', then: 'says goodbye' }, 'LIST "" "*"', /BAD Server Unavailable\. 15\r\n\* BYE Connection closed\. 14\r\n$/],
  ['imap-special-use', {}, 'LIST "" "*"', /\* LIST \(\\HasNoChildren \\Sent\) "\/" "Sent Items"\r\n/],
  ['imap-folder-names', {}, 'LIST "" "*"', /\* LIST \(\\HasNoChildren\) "\/" "Broken &AAA- &ZZ name"\r\n/],
  ['imap-folder-names', { name: 'line break' }, 'LIST "" "*"', /"\/" \{13\}\r\nTwo\r\nlines it\r\nT/],
  ['imap-uid-validity-zero', {}, 'SELECT INBOX', /UIDVALIDITY 0\]/],
  ['imap-uid-next-missing', {}, 'SELECT INBOX', /^(?!.*UIDNEXT).* SELECT completed/s],
  ['imap-uid-next-missing', {}, 'STATUS INBOX (UIDNEXT UIDVALIDITY)', /STATUS INBOX \(UIDVALIDITY \d+\)/],
  ['imap-sizes-wrong', { size: 'gigabytes' }, 'FETCH 1 RFC822.SIZE', /RFC822\.SIZE 4294967295\)/],
  ['imap-message-damaged', {}, 'UID FETCH 1 BODY[]', /Retrieval using the IMAP4 protocol failed for the following message: 1\r\n/],
  ['imap-message-damaged', { content: 'nothing' }, 'UID FETCH 1 BODY[]', /^T\d+ OK FETCH completed\.\r\n$/],
  ['mailbox-unlicensed', {}, 'SELECT INBOX', /BAD User is authenticated but not connected\.\r\n/],
  ['mailbox-gone', {}, 'SELECT INBOX', /BAD User is authenticated but not connected\.\r\n/],
  ['full-access-withdrawn', {}, 'SELECT INBOX', /BAD User is authenticated but not connected\.\r\n/],
  ['mailbox-full', {}, 'UID COPY 1 Archive', /NO \[OVERQUOTA\]/],
] // prettier-ignore

/** Covered by separate tests below. */
const SHOWN_ELSEWHERE = new Set([
  'imap-busy-at-sign-in',
  'imap-authenticate-failed',
  'imap-token-expired',
  'imap-impatient',
  'imap-bye-at-once',
  'imap-no-greeting',
  'imap-connection-cut',
  'imap-hangs',
  'imap-cut-in-fetch',
  'imap-drips',
  'imap-idle-silent',
  'imap-uid-validity',
  'imap-variant',
  'imap-error-challenge',
  'imap-slow-sign-in',
  'imap-too-many-sessions',
])

async function inboxOfSupport() {
  const line = await world.rawSignedIn('support@contoso.example')
  await line.ask('SELECT INBOX')
  return line
}

async function answerTo(command: string): Promise<string> {
  return (await inboxOfSupport()).ask(command)
}

describe('a fault at IMAP', () => {
  it.each(ANSWERS)("%s %j has Exchange's response: %s", async (fault, options, command, answer) => {
    await world.receive('Hello', { mailboxId: SUPPORT })
    const isAtOnce = command.startsWith('SELECT')
    const ready = isAtOnce ? undefined : await inboxOfSupport()
    const { id } = world.faults.switchOn(fault, { mailbox: 'support@contoso.example' }, options)
    const line = ready ?? (await world.rawSignedIn('support@contoso.example'))
    let said = await line.ask(command)
    if (/BYE/.test(answer.source)) {
      await line.over()
      said += line.text
    }
    expect(said).toMatch(answer)
    const calls = world.faults.callsOf(id).map(({ call }) => call)
    expect(calls.length).toBeGreaterThan(0)
    expect(calls.every((call) => /^IMAP [A-Z ]+( in INBOX)?$/.test(call))).toBe(true)

    world.faults.switchOff(id)
    expect(await answerTo('STATUS INBOX (MESSAGES)')).toMatch(/MESSAGES 1\)\r\nT\d OK/)
  })

  it.each(ANSWERS)('%s %j does not affect other mailboxes', async (fault, options) => {
    const neighbors: Record<string, string> = { tenant: 'fabrikam.example', user: 'ada@contoso.example', mailbox: 'billing@contoso.example' } // prettier-ignore
    const { scopes } = world.faults.catalogue.find(({ name }) => name === fault)!
    for (const scope of scopes) {
      if (neighbors[scope]) world.faults.switchOn(fault, { [scope]: neighbors[scope] }, options)
    }
    await world.receive('Hello', { mailboxId: SUPPORT })
    const said = await answerTo('UID FETCH 1 (RFC822.SIZE BODY.PEEK[])')
    expect(said).toMatch(/About Hello\r\n\)\r\nT3 OK FETCH completed/)
    expect(world.faults.listOn().every(({ met }) => met === 0)).toBe(true)
  })

  it('is covered by a test of this file', () => {
    const shown = new Set(ANSWERS.map(([fault]) => fault))
    const missing = world.faults.catalogue.filter(
      ({ name, part }) => part === 'imap' && !shown.has(name) && !SHOWN_ELSEWHERE.has(name),
    )
    expect(missing.map(({ name }) => name)).toEqual([])
  })
})

describe('a fault at the sign-in', () => {
  it.each([
    ['imap-busy-at-sign-in', /NO Server Unavailable\. 15/],
    ['imap-authenticate-failed', /NO AUTHENTICATE failed\./],
  ])('%s refuses a valid token, and accepts the next one after it is off', async (fault, answer) => {
    const { id } = world.faults.switchOn(fault, { mailbox: 'support@contoso.example' })
    const line = await world.raw()
    const command = `AUTHENTICATE XOAUTH2 ${xoauth2('support@contoso.example', world.token())}`
    expect(await line.ask(command)).toMatch(answer)
    expect(await line.ask('SELECT INBOX')).toMatch(/BAD Command received in Invalid state\./)
    expect(world.faults.callsOf(id)).toEqual([{ at: expect.any(Number) as number, call: 'IMAP AUTHENTICATE' }])
    world.faults.switchOff(id)
    expect(await line.ask(command)).toMatch(/OK AUTHENTICATE completed\./)
  })

  it('imap-error-challenge sends the reason as JSON before the NO', async () => {
    world.faults.switchOn('imap-error-challenge', {}, { status: '400' })
    const line = await world.raw()
    line.send(`A AUTHENTICATE XOAUTH2 ${xoauth2('anna@contoso.example', 'bad')}\r\n`)
    const challenge = /\+ (\S+)\r\n/.exec(await line.until(/\+ \S+\r\n/))![1]!
    expect(JSON.parse(Buffer.from(challenge, 'base64').toString())).toMatchObject({ status: '400', schemes: 'Bearer' })
    line.send('\r\n')
    expect(await line.until(/A .*\r\n/)).toMatch(/A NO AUTHENTICATE failed\.\r\n$/)
  })

  it('imap-slow-sign-in delays the sign-in, at most until it is switched off', async () => {
    const { id } = world.faults.switchOn('imap-slow-sign-in', {}, { seconds: 600 })
    const line = await world.raw()
    const asked = line.ask(`AUTHENTICATE XOAUTH2 ${xoauth2('anna@contoso.example', world.token())}`)
    while (world.faults.callsOf(id).length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(line.text).not.toContain('AUTHENTICATE completed')
    world.faults.switchOff(id)
    expect(await asked).toContain('OK AUTHENTICATE completed.')
  })

  it('imap-too-many-sessions admits the first session and refuses the next', async () => {
    const { id } = world.faults.switchOn('imap-too-many-sessions', { mailbox: 'anna@contoso.example' })
    const [first, second] = [await world.rawSignedIn(), await world.rawSignedIn()]
    expect(await first.ask('NAMESPACE')).toContain('OK NAMESPACE')
    expect(await second.ask('NAMESPACE')).toContain('BAD User is authenticated but not connected.')
    expect(await (await world.rawSignedIn('support@contoso.example')).ask('NAMESPACE')).toContain('OK NAMESPACE')
    expect(world.faults.callsOf(id)).toHaveLength(1)
  })
})

describe('a connection fault at IMAP', () => {
  it('imap-bye-at-once sends BYE instead of the greeting', async () => {
    world.faults.switchOn('imap-bye-at-once')
    const line = await world.raw()
    await line.over()
    expect(line.text).toBe('* BYE Connection closed. 14\r\n')
  })

  it('imap-no-greeting sends nothing until it is off', async () => {
    const { id } = world.faults.switchOn('imap-no-greeting')
    const line = await world.raw()
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(line.text).toBe('')
    world.faults.switchOff(id)
    await line.until(/^\* OK .*\r\n/)
  })

  it.each([
    [
      'classic',
      /^\* OK The Microsoft Exchange IMAP4 service is ready\. \[\S+\]\r\n/,
      /AUTH=PLAIN AUTH=XOAUTH2/,
      / MOVE /,
    ],
    ['imap4rev2', /^\* OK Microsoft Exchange IMAP4 service ready\./, /LOGINDISABLED/, /ENABLE IMAP4rev2/],
  ])('imap-variant applies the front end %s', async (variant, greeting, before, after) => {
    world.faults.switchOn('imap-variant', {}, { variant })
    const line = await world.raw()
    expect(await line.until(/\r\n/)).toMatch(greeting)
    const first = await line.ask('CAPABILITY')
    expect(first).toMatch(before)
    expect(first).not.toContain('ENABLE')
    await line.ask(`AUTHENTICATE XOAUTH2 ${xoauth2('anna@contoso.example', world.token())}`)
    expect(await line.ask('CAPABILITY')).toMatch(after)
  })

  it('imap-connection-cut closes the connection without BYE, only at its chosen commands', async () => {
    const line = await inboxOfSupport()
    world.faults.switchOn('imap-connection-cut', { mailbox: 'support@contoso.example' }, { commands: 'fetch' })
    expect(await line.ask('UID SEARCH ALL')).toContain('OK SEARCH')
    line.send('X FETCH 1 FLAGS\r\n')
    await line.over()
    expect(line.text).toBe('')
  })

  it('imap-hangs delays the response until it is off', async () => {
    const line = await inboxOfSupport()
    const { id } = world.faults.switchOn('imap-hangs', { mailbox: 'support@contoso.example' })
    const asked = line.ask('NOOP')
    while (world.faults.callsOf(id).length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(line.text).toBe('')
    world.faults.switchOff(id)
    expect(await asked).toContain('OK NOOP completed.')
  })

  it('imap-cut-in-fetch announces more bytes than it sends', async () => {
    await world.receive('Hello', { mailboxId: SUPPORT })
    const line = await inboxOfSupport()
    world.faults.switchOn('imap-cut-in-fetch', { mailbox: 'support@contoso.example' }, { bytes: 20 })
    line.send('X UID FETCH 1 BODY.PEEK[]\r\n')
    await line.over()
    const [, announced, content] = /\{(\d+)\}\r\n(.*)$/s.exec(line.text)!
    expect(content).toHaveLength(20)
    expect(Number(announced)).toBeGreaterThan(20)
  })

  it('imap-drips sends one byte at a time, and the rest when it is off', async () => {
    await world.receive('Hello', { mailboxId: SUPPORT })
    const line = await inboxOfSupport()
    const { id } = world.faults.switchOn('imap-drips', { mailbox: 'support@contoso.example' }, { everyMs: 20 })
    const asked = line.ask('UID FETCH 1 BODY.PEEK[]')
    while (!/\}\r\n.../s.test(line.text)) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(line.text.length).toBeLessThan(100)
    world.faults.switchOff(id)
    expect(await asked).toMatch(/About Hello\r\n\)\r\nT\d OK/)
  })
})

describe('a session fault at IMAP', () => {
  it.each([
    ['imap-token-expired', '* BYE Session invalidated - AccessTokenExpired\r\n'],
    ['imap-impatient', '* BYE Connection is closed. 13\r\n'],
  ])('%s ends the session when its time has come, even in IDLE', async (fault, bye) => {
    const line = await inboxOfSupport()
    line.send('X IDLE\r\n')
    await line.until(/\+ IDLE accepted, awaiting DONE command\.\r\n/)
    const { id } = world.faults.switchOn(fault, { mailbox: 'support@contoso.example' }, { afterSeconds: 60 })
    const neighbor = await world.rawSignedIn('anna@contoso.example')
    world.clock.move(59_000)
    expect(line.isOver).toBe(false)
    world.clock.move(2000)
    await line.over()
    expect(line.text).toBe(bye)
    expect(world.faults.callsOf(id).map(({ call }) => call)).toEqual(['IMAP IDLE in INBOX'])
    expect(neighbor.isOver).toBe(false)
  })

  it('imap-mailbox-off ends an idle session as soon as it is on', async () => {
    const line = await inboxOfSupport()
    line.send('X IDLE\r\n')
    await line.until(/\+ IDLE/)
    world.faults.switchOn('imap-mailbox-off', { mailbox: 'support@contoso.example' })
    await line.over()
    expect(line.text).toContain('* BYE Connection closed. 14\r\n')
  })

  it('imap-idle-silent withholds updates, and sends all of them when it is off', async () => {
    const line = await world.rawSignedIn()
    await line.ask('SELECT INBOX')
    line.send('X IDLE\r\n')
    await line.until(/\+ IDLE.*\r\n/)
    const { id } = world.faults.switchOn('imap-idle-silent', { mailbox: 'anna@contoso.example' })
    await world.receive('One')
    while (world.faults.callsOf(id).length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(line.text).toBe('')
    world.faults.switchOff(id)
    await world.receive('Two')
    await line.until(/\* 2 EXISTS\r\n/)
  })

  it('imap-uid-validity renumbers each folder once when it is switched on', async () => {
    await world.receive('One')
    const line = await world.rawSignedIn()
    const before = validityIn(await line.ask('SELECT INBOX'))
    world.faults.switchOn('imap-uid-validity', { mailbox: 'anna@contoso.example' }, { numbers: 'near the end' })
    world.clock.move(1)
    const after = await line.ask('SELECT INBOX')
    expect(validityIn(after)).not.toBe(before)
    expect(after).toMatch(/UIDNEXT 4294967201\]/)
    expect(validityIn(await line.ask('SELECT INBOX'))).toBe(validityIn(after))
    expect(await line.ask('UID FETCH 1:* FLAGS')).toContain('UID 4294967200')
    expect(world.mailStore.uidsOf(world.mailStore.wellKnownFolder(ANNA, 'inbox').id)).toHaveLength(1)
  })
})

function validityIn(said: string): string {
  return /UIDVALIDITY (\d+)/.exec(said)![1]!
}
