/** Reads mail with curl over IMAP: one command at a time, with the raw responses reported. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, type Flow } from './flow.ts'
import { runProgram } from './program.ts'
import type { Stage } from './stage.ts'

/** Exit code of curl for a refused sign-in. */
const LOGIN_DENIED = 67

export function curlFlows(stage: Stage): Flow[] {
  const flow = (name: string, run: () => Promise<string>): Flow => ({ client: 'curl', flow: `IMAP ${name}`, run })
  let token: Promise<string> | undefined

  async function curl(path: string, words: readonly string[] = [], bearer?: string, as = stage.person.address) {
    const { host, port } = stage.imap
    const accessToken = bearer ?? (await (token ??= stage.imapToken()))
    const user = ['--user', as, '--oauth2-bearer', accessToken]
    const url = `imap://${host}:${port}/${path}`
    return runProgram('curl', ['--silent', '--show-error', '--max-time', '20', ...user, ...words, url], 'curl')
  }

  return [
    flow('reading', async () => {
      const count = await stage.fill('inbox', 2)
      const list = await curl('')
      expect(list.output.includes('"/" INBOX'), `INBOX in the list, not ${list.output}${list.complaints}`)
      const message = await curl(`INBOX;MAILINDEX=${count}`)
      expect(message.output.endsWith('Hello 1\r\n'), `the newest message, not ${message.output}${message.complaints}`)
      return `a list of folders and message ${count}`
    }),

    flow('the response after a plus and with the command', async () => {
      const [after, at] = [await curl('INBOX', ['-X', 'NOOP']), await curl('INBOX', ['-X', 'NOOP', '--sasl-ir'])]
      expect(after.code === 0 && at.code === 0, `both to be let in, not ${after.complaints}${at.complaints}`)
      return 'both are let in'
    }),

    flow('upload and move', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'sandbox-curl-'))
      try {
        const file = join(folder, 'letter.eml')
        await writeFile(file, 'Subject: By curl\r\n\r\nHello\r\n')
        const upload = await curl('INBOX', ['--upload-file', file])
        expect(upload.code === 0, `the upload to be taken, not ${upload.complaints}`)
      } finally {
        await rm(folder, { recursive: true })
      }
      const number = stage.messagesIn('inbox').length
      const moved = await curl('INBOX', ['-X', `MOVE ${number} Archiv`])
      expect(moved.code === 0, `the move to be done, not ${moved.complaints}`)
      expect(
        stage.messagesIn('archive').some(({ subject }) => subject === 'By curl'),
        'the message in the archive, as Graph sees it',
      )
      return 'APPEND with a literal, MOVE into a folder by its German name'
    }),

    flow('application access', async () => {
      const shared = 'billing@contoso.example'
      const bearer = await stage.applicationToken()
      const before = await curl('INBOX', ['-X', 'NOOP'], bearer, shared)
      // SELECT has to fail, not the sign-in, which curl reports as "Login denied".
      expect(before.complaints.includes('Select failed'), `SELECT to fail, not ${before.code}: ${before.complaints}`)
      stage.letApplicationIn(shared)
      const after = await curl('INBOX', ['-X', 'NOOP'], bearer, shared)
      expect(after.code === 0, `to be let in, not ${after.code}: ${after.complaints}`)
      return 'authenticated and not connected, until the service principal has Full Access'
    }),

    flow('a refused token', async () => {
      const graphs = await curl('INBOX', ['-X', 'NOOP'], await stage.accessToken())
      expect(graphs.code === LOGIN_DENIED, `a token for Graph to be refused, not ${graphs.code}: ${graphs.complaints}`)
      const none = await curl('INBOX', ['-X', 'NOOP'], 'nonsense')
      expect(none.code === LOGIN_DENIED, `nonsense to be refused, not ${none.code}`)
      return `exit ${LOGIN_DENIED} for a token of another audience and for nonsense`
    }),
  ]
}
