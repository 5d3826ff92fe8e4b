/**
 * Submits mail with curl. curl takes part in the exchange that `AUTH XOAUTH2` is at Exchange and reports the replies of
 * the server.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, type Flow } from './flow.ts'
import { runProgram } from './program.ts'
import type { Stage } from './stage.ts'

/** curl's exit codes: the sign-in was refused; the server refused something else. */
const LOGIN_DENIED = 67
const SEND_FAILED = 55
const CUSTOMER = 'kim@customer.example'

export function curlSmtpFlows(stage: Stage): Flow[] {
  const flow = (name: string, run: () => Promise<string>): Flow => ({ client: 'curl', flow: `SMTP ${name}`, run })
  const own = stage.person.address
  let token: Promise<string> | undefined

  async function submit(subject: string, { from = own, bearer = '', words = [] as readonly string[] } = {}) {
    const { host, port } = stage.smtp
    const folder = await mkdtemp(join(tmpdir(), 'sandbox-curl-'))
    try {
      const file = join(folder, 'letter.eml')
      await writeFile(file, `From: <${from}>\r\nTo: <${CUSTOMER}>\r\nSubject: ${subject}\r\n\r\n.dot\r\nHello\r\n`)
      return await runProgram(
        'curl',
        [
          ...['--silent', '--show-error', '--verbose', '--max-time', '20', `smtp://${host}:${port}/client.example`],
          ...['--user', own, '--oauth2-bearer', bearer || (await (token ??= stage.smtpToken()))],
          ...['--mail-from', from, '--mail-rcpt', CUSTOMER, '--upload-file', file, ...words],
        ],
        'curl',
      )
    } finally {
      await rm(folder, { recursive: true })
    }
  }

  return [
    flow('sending', async () => {
      const sent = await submit('By curl and SMTP')
      expect(sent.code === 0, `the message to be taken, not ${sent.complaints}`)
      const source = await stage.outsideMail(CUSTOMER, 'By curl and SMTP')
      expect(source.endsWith('\r\n.dot\r\nHello\r\n'), `the message as it was written, not ${source}`)
      await stage.until(async () => stage.messagesIn('sentitems').find(({ subject }) => subject === 'By curl and SMTP'))
      return 'taken, arrived outside, and kept in Sent Items'
    }),

    flow('sending over TLS, the response with the command', async () => {
      const sent = await submit('By STARTTLS', { words: ['--ssl-reqd', '--insecure', '--sasl-ir'] })
      expect(sent.code === 0, `the message to be taken, not ${sent.complaints}`)
      expect(/SSL connection using TLS/.test(sent.complaints), `TLS, not ${sent.complaints}`)
      return 'STARTTLS and AUTH XOAUTH2 in one line'
    }),

    flow('a refused token', async () => {
      const graphs = await submit('Never', { bearer: await stage.accessToken() })
      expect(graphs.code === LOGIN_DENIED, `a token for Graph to be refused, not ${graphs.code}: ${graphs.complaints}`)
      expect(
        /535 5\.7\.3 Authentication unsuccessful/.test(graphs.complaints),
        `Exchange's words: ${graphs.complaints}`,
      )
      return `exit ${LOGIN_DENIED}, 535 5.7.3`
    }),

    flow('a sender that is not theirs', async () => {
      const refused = await submit('Never', { from: 'ada@contoso.example' })
      expect(refused.code === SEND_FAILED, `exit ${SEND_FAILED}, not ${refused.code}: ${refused.complaints}`)
      expect(/550 5\.7\.60/.test(refused.complaints), `550 5.7.60, not ${refused.complaints}`)
      return '550 5.7.60 at MAIL FROM'
    }),
  ]
}
