import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  connectLines,
  openMailProgram,
  plain,
  startCyrus,
  startExim,
  whyNotUnpacked,
  type ImapServer,
  type SmtpServer,
} from './index.ts'

const ANNA = 'anna@contoso.test'
const PASSWORD = 'with: colon "and quote'
const LETTER = 'Subject: Order 4711\r\n\r\n.hidden dot\r\nWhere is it?'
const why = whyNotUnpacked('cyrus-imapd', 'exim4-daemon-light')

describe.skipIf(why)(`a private Exim${why ? ` (skipped: ${why})` : ''}`, () => {
  let cyrus: ImapServer
  let exim: SmtpServer

  beforeAll(async () => {
    cyrus = await startCyrus({ users: { [ANNA]: PASSWORD } })
    exim = await startExim({
      imap: cyrus,
      domains: ['contoso.test'],
      users: { [ANNA]: PASSWORD },
      sendAs: { [ANNA]: [ANNA], 'sales@contoso.test': [ANNA], 'ben@contoso.test': ['ben@contoso.test'] },
      recipients: {
        'later@fabrikam.test': '450 4.2.0 Try again later',
        'none@fabrikam.test': '550 5.1.1 No such user',
      },
      sizeLimitBytes: 100_000,
    })
  })
  afterAll(async () => {
    await exim.stop()
    await cyrus.stop()
  })

  const session = async () => {
    const opened = await connectLines(exim.port)
    await opened.until(/^220 /)
    await opened.ask('EHLO client.test', /^250 /)
    return opened
  }
  const signedIn = async () => {
    const opened = await session()
    await opened.ask(`AUTH PLAIN ${plain(ANNA, PASSWORD)}`, /^235 /)
    return opened
  }

  it('delivers mail for its own domains by LMTP and all other mail to the sink', async () => {
    const opened = await signedIn()
    await opened.ask(`MAIL FROM:<${ANNA}>`, /^250/)
    await opened.ask(`RCPT TO:<${ANNA}>`, /^250/)
    await opened.ask('RCPT TO:<kim@fabrikam.test>', /^250/)
    await opened.ask('DATA', /^354/)
    opened.send(LETTER.replace(/^\./gm, '..'))
    await opened.ask('.', /^250/)
    opened.close()

    expect((await exim.sink.waitFor(({ to }) => to.includes('kim@fabrikam.test'))).raw).toContain('\r\n.hidden dot\r\n')
    const program = await openMailProgram(cyrus.imapPort, ANNA, PASSWORD)
    await expect.poll(() => program.fetch('INBOX', 'BODY.PEEK[]').catch(() => '')).toContain('.hidden dot')
    program.close()
  })

  it('refuses a wrong password, a sender address without a login and a sender address of another login', async () => {
    const opened = await session()
    await opened.ask(`MAIL FROM:<${ANNA}>`, /^530 5\.7\.0 /)
    await opened.ask(`AUTH PLAIN ${plain(ANNA, 'wrong')}`, /^535 /)
    await opened.ask(`AUTH PLAIN ${plain(ANNA, PASSWORD)}`, /^235 /)
    await opened.ask('MAIL FROM:<ben@contoso.test>', /^550 Administrative prohibition/)
    await opened.ask('MAIL FROM:<unknown@contoso.test>', /^550 Administrative prohibition/)
    await opened.ask('MAIL FROM:<sales@contoso.test>', /^250/)
    opened.close()
  })

  it('responds to recipients as configured and refuses a message above its size limit', async () => {
    const opened = await signedIn()
    await opened.ask(`MAIL FROM:<${ANNA}> SIZE=200000`, /^552 /)
    await opened.ask(`MAIL FROM:<${ANNA}>`, /^250/)
    await opened.ask('RCPT TO:<later@fabrikam.test>', /^450 4\.2\.0 /)
    await opened.ask('RCPT TO:<none@fabrikam.test>', /^550 5\.1\.1 /)
    opened.close()
  })
})
