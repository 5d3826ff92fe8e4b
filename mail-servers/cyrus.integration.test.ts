import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectLines, openMailProgram, startCyrus, whyNotUnpacked, type ImapServer } from './index.ts'

const LETTER = 'From: Kim <kim@fabrikam.test>\nSubject: Order 4711\n\n.hidden dot\nWhere is it?\n'
const ANNA = 'anna@contoso.test'
const PASSWORD = 'with: colon "and quote'

const why = whyNotUnpacked('cyrus-imapd')

describe.skipIf(why).each([
  { folders: 'beside INBOX', belowInbox: false, sent: 'Sent' },
  { folders: 'below INBOX', belowInbox: true, sent: 'INBOX.Sent' },
])(`a private Cyrus with its folders $folders${why ? ` (skipped: ${why})` : ''}`, ({ belowInbox, sent }) => {
  let cyrus: ImapServer

  beforeAll(async () => {
    cyrus = await startCyrus({ users: { [ANNA]: PASSWORD }, tls: true, belowInbox })
  })
  afterAll(() => cyrus.stop())

  it('delivers a message by LMTP and returns it unchanged by IMAP', async () => {
    await cyrus.deliver(ANNA, LETTER)

    const program = await openMailProgram(cyrus.imapPort, ANNA, PASSWORD)
    const lines = await program.fetch('INBOX', 'BODY.PEEK[]')
    expect(lines.split('\n')).toEqual(expect.arrayContaining(['Subject: Order 4711', '.hidden dot', 'Where is it?']))
    expect((await program.command('LIST (SPECIAL-USE) "" "*"')).join('\n')).toMatch(
      new RegExp(`\\\\Sent\\).* ${sent}$`, 'im'),
    )
    program.close()
  })

  it('refuses a wrong password, and the old password after a change', async () => {
    await expect(openMailProgram(cyrus.imapPort, ANNA, 'wrong')).rejects.toThrow('refused "LOGIN"')
    await cyrus.setPasswords({ [ANNA]: 'another' })
    await expect(openMailProgram(cyrus.imapPort, ANNA, PASSWORD)).rejects.toThrow('refused "LOGIN"')
    await cyrus.setPasswords({ [ANNA]: PASSWORD })
    ;(await openMailProgram(cyrus.imapPort, ANNA, PASSWORD)).close()
  })

  it('ends the sessions of one user', async () => {
    const session = await connectLines(cyrus.imapPort)
    await session.ask(`a LOGIN ${ANNA} "with: colon \\"and quote"`, /^a OK/)
    await session.ask('b SELECT INBOX', /^b OK/)
    await session.ask('c IDLE', /^\+ /)

    await cyrus.kick(ANNA)

    await session.closed
  })

  it('keeps its mail after a restart and after SIGKILL', async () => {
    await cyrus.restart()
    await cyrus.crash()

    const program = await openMailProgram(cyrus.imapPort, ANNA, PASSWORD)
    expect(await program.fetch('INBOX', 'FLAGS')).toContain('UID 1)')
    program.close()
  })
})
