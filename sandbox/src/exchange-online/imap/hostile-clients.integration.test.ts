import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ANNA, createImapWorld, type ImapWorld, type RawConnection, xoauth2 } from '../../../test/imap-world.ts'

const MB = 1024 * 1024

/** For any input, the server responds or closes the connection, uses little memory and keeps serving others. */
let world: ImapWorld
beforeAll(async () => {
  world = await createImapWorld()
  for (const subject of ['One', 'Two', 'Three']) await world.receive(subject)
})
afterAll(async () => {
  await world.close()
  expect(world.reported).toEqual([])
})

async function ready(isSignedIn: boolean): Promise<RawConnection> {
  if (!isSignedIn) return world.raw()
  const line = await world.rawSignedIn()
  await line.ask('SELECT INBOX')
  return line
}

async function servesOthers(): Promise<void> {
  const line = await ready(true)
  expect(await line.ask('NOOP')).toContain('OK NOOP completed.')
  await line.ask('LOGOUT')
  expect(world.reported).toEqual([])
}

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((all) => Buffer.from(all)),
  fc.string({ unit: fc.constantFrom('a1 ', '(', ')', '"', '{3}', '{9+}', '\r\n', '\n', '*', '\0', 'NOOP', 'UID ', 'FETCH', '\\', '[', ']', ' ', 'DONE'), maxLength: 60 }).map((text) => Buffer.from(text, 'latin1')), // prettier-ignore
)

const words = fc.oneof(
  fc.constantFrom('1', '1:*', '*', '2,1', '0', 'INBOX', '"Sent Items"', 'Archive', 'Nowhere', '"&AAA-"', '""', '"*"', '%', '(UID FLAGS)', 'BODY[]', 'BODY.PEEK[1.2.MIME]', 'BODY[HEADER.FIELDS (From)]<0.9>', '(ENVELOPE BODYSTRUCTURE)', 'ALL', 'FLAGS', '+FLAGS', '-FLAGS.SILENT', '(\\Seen \\Deleted)', '\\Seen', 'NOT', 'OR', 'SINCE', '1-Jan-2026', 'CHARSET', 'UTF-8', 'HEADER', '(MESSAGES UIDNEXT)', '{3+}\r\nabc', '{0+}\r\n', '"a\\"b"', '(', ')', '4294967295', '4294967296', 'XOAUTH2', 'NIL', '((()))', 'a'.repeat(300)), // prettier-ignore
  fc.string({
    unit: fc.constantFrom('a', 'B', '9', '-', '"', '\\', '(', '[', ']', '<', '.', '*', '\u00fc'),
    maxLength: 20,
  }),
)
const COMMANDS = ['CAPABILITY', 'NOOP', 'ID', 'NAMESPACE', 'LIST', 'LSUB', 'STATUS', 'SELECT', 'EXAMINE', 'FETCH', 'UID FETCH', 'STORE', 'UID STORE', 'COPY', 'UID COPY', 'MOVE', 'UID MOVE', 'SEARCH', 'UID SEARCH', 'EXPUNGE', 'UID EXPUNGE', 'APPEND', 'CREATE', 'DELETE', 'RENAME', 'SUBSCRIBE', 'CLOSE', 'UNSELECT', 'CHECK', 'LOGIN', 'ENABLE', 'X', 'toString', '__proto__'] // prettier-ignore
const command = fc
  .tuple(fc.constantFrom(...COMMANDS), fc.array(words, { maxLength: 5 }))
  .map((all) => all.flat().join(' '))

describe('any IMAP client', () => {
  it.each([false, true])(
    'gets a response or a closed connection for random bytes (signed in: %s)',
    async (isSignedIn) => {
      await fc.assert(
        fc.asyncProperty(fc.array(bytes, { maxLength: 8 }), async (chunks) => {
          const line = await ready(isSignedIn)
          for (const chunk of chunks) line.send(chunk)
          line.socket.end()
          await line.over()
        }),
        { numRuns: 120 },
      )
      await servesOthers()
    },
  )

  it('gets one tagged response per command, in any packet order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 25 }), fc.nat(40), async (commands, cut) => {
        const line = await ready(true)
        const whole = commands.map((text, i) => `c${i} ${text.replaceAll('\u00fc', '\u00c3\u00bc')}\r\n`).join('')
        line.send(whole.slice(0, cut))
        line.send(`${whole.slice(cut)}end LOGOUT\r\n`)
        await line.over()
        const answers = [...line.text.matchAll(/^(c\d+|end) (OK|NO|BAD) /gm)].map(([, tag]) => tag)
        // A literal started within a command can consume the following commands.
        if (commands.some((text) => /\{/.test(text.replaceAll('{3+}\r\nabc', '').replaceAll('{0+}\r\n', '')))) return
        const expected = [...commands.map((_text, i) => `c${i}`), 'end']
        expect(answers).toEqual(expected.slice(0, answers.length))
        expect(answers.length === expected.length || /^\* BYE /m.test(line.text)).toBe(true)
      }),
      { numRuns: 150 },
    )
    await servesOthers()
  })

  it.each([
    ['a tag without end', 'a'.repeat(100_000)],
    ['a line without end', `a NOOP ${'x'.repeat(3 * MB)}`],
    ['a literal larger than there is', 'a APPEND INBOX {99999999999}\r\n'],
    ['a literal that is pushed and larger than there is', 'a APPEND INBOX {99999999+}\r\n'],
    ['a literal where none belongs', `a SEARCH TEXT {${17 * 1024}+}\r\n`],
    ['more literals than there are', `a SEARCH ${'TEXT {1+}\r\na '.repeat(100)}\r\n`],
    ['parentheses without end', `a SEARCH ${'('.repeat(60_000)}\r\n`],
    ['nothing that is a command, again and again', 'x\r\n'.repeat(60)],
    ['sets without end', `a UID FETCH ${'1,'.repeat(30_000)}1 FLAGS\r\n`],
  ])('gets a response to %s', async (_what, text) => {
    const line = await ready(true)
    line.send(text)
    line.socket.end()
    await line.over()
    expect(line.text).toMatch(/BAD|BYE|^$/)
    await servesOthers()
  })

  it('gets no continuation for a literal that is too large, and can send the next command', async () => {
    const line = await ready(true)
    expect(await line.ask('APPEND INBOX {99999999}')).toMatch(/^T\d BAD Command Argument Error\. 11\r\n$/)
    expect(await line.ask('NOOP')).toContain('OK NOOP')
  })

  it('gets the responses to ten thousand pipelined commands in order', async () => {
    const line = await ready(true)
    line.send(Array.from({ length: 10_000 }, (_, i) => `n${i} NOOP\r\n`).join(''))
    const said = await line.until(/n9999 OK NOOP completed\.\r\n/)
    expect(said.match(/OK NOOP completed/g)).toHaveLength(10_000)
  })
})

describe('with any fault on', () => {
  /** These faults send nothing until they are off, by design. */
  const SILENT = new Set(['imap-hangs', 'imap-no-greeting', 'imap-drips', 'imap-slow-sign-in'])

  it('an IMAP client gets a response or a closed connection, never an internal error of the sandbox', async () => {
    const known = world.faults.catalogue.filter(({ part, name }) => part === 'imap' && !SILENT.has(name))
    const met = new Set<string>()
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...known), fc.array(command, { maxLength: 6 }), async ({ name }, commands) => {
        const { id } = world.faults.switchOn(name)
        const line = await world.raw()
        const response = xoauth2('anna@contoso.example', world.token())
        const usual = [
          `AUTHENTICATE XOAUTH2 ${response}`,
          'LIST "" "*"',
          'SELECT INBOX',
          'FETCH 1:* (RFC822.SIZE BODY[])',
        ]
        line.send([...usual, ...commands, 'LOGOUT'].map((text, i) => `c${i} ${text}\r\n`).join(''))
        line.socket.end()
        await line.over()
        if (world.faults.callsOf(id).length > 0) met.add(name)
        world.faults.switchOff(id)
        expect(world.reported).toEqual([])
      }),
      { numRuns: 150 },
    )
    expect(met.size).toBeGreaterThan(10)
    await servesOthers()
  })
})

describe('the memory of the IMAP server', () => {
  it('does not grow with unsolicited input', async () => {
    const before = process.memoryUsage().rss
    const line = await ready(false)
    const chunk = Buffer.alloc(MB, 'x')
    for (let i = 0; i < 200 && !line.isOver; i++) {
      if (!line.socket.write(chunk)) await new Promise((resolve) => setTimeout(resolve, 1))
    }
    await line.over()
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * MB)
    await servesOthers()
  })

  it('does not grow with responses that the client does not read', async () => {
    const { key } = await world.receive('Large', {
      source: `Subject: Large\r\n\r\n${'0123456789abcdef'.repeat(65_536)}`,
    })
    const line = await ready(true)
    line.socket.pause()
    const before = process.memoryUsage().rss
    line.send(Array.from({ length: 300 }, (_, i) => `f${i} UID FETCH 4 BODY.PEEK[]\r\n`).join(''))
    for (let i = 0; i < 20; i++) await servesOthers()
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * MB)
    line.socket.destroy()
    world.mailStore.remove(key)
  })

  it('does not grow with untagged updates that the client does not read', async () => {
    const line = await ready(true)
    line.send('i IDLE\r\n')
    await line.until(/\+ IDLE/)
    line.socket.pause()
    const { key } = world.mailStore.uidsOf(world.mailStore.wellKnownFolder(ANNA, 'inbox').id)[0]!
    for (let i = 0; i < 2000; i++) {
      world.mailStore.updateFlags(key, { isRead: i % 2 === 0 })
      if (i % 100 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    await servesOthers()
    line.socket.destroy()
  })
})

describe('the stop of the IMAP server', () => {
  it('does not wait for connected clients', async () => {
    const own = await createImapWorld()
    const line = await own.rawSignedIn()
    own.faults.switchOn('imap-hangs')
    line.send('a NOOP\r\n')
    line.socket.pause()
    // The client neither reads nor ends: a stop that waited for it would never end.
    await own.server.close()
    expect(line.socket.readableEnded).toBe(false)
    await own.close()
  })
})
