import { capabilityWords } from './capabilities.ts'
import type { Command } from './commands.ts'
import { argumentError, Refusal } from './refusal.ts'
import { readXoauth2, signIn } from './sign-in.ts'

/** A base64 line of an XOAUTH2 response: a token of 16 kB is larger than any. */
const LONGEST_RESPONSE = 32 * 1024

const authenticate: Command = {
  state: 'before-sign-in',
  async run(session, args) {
    const mechanism = args.atom().toUpperCase()
    if (mechanism !== 'XOAUTH2') throw new Refusal('NO', 'AUTHENTICATE failed.')
    let response = args.left > 0 ? args.astring() : undefined
    args.end()
    if (response === undefined) {
      session.writer.line('+')
      await session.writer.flush()
      response = (await session.source.readLine(LONGEST_RESPONSE))?.toString('latin1')
      if (response === '*' || response === undefined) throw argumentError()
    }
    const sent = readXoauth2(response)
    const signedIn = sent && (await signIn(sent, session.deps))
    if (!signedIn) throw new Refusal('NO', 'AUTHENTICATE failed.')
    session.signedIn = signedIn
    if (!session.deps.admit(session)) session.signedIn = { ...signedIn, mailboxId: undefined }
    return 'OK AUTHENTICATE completed.'
  },
}

export const connectionCommands: Record<string, Command> = {
  AUTHENTICATE: authenticate,
  // Passwords have had their day (fact sheet §E.9); they are not even looked at.
  LOGIN: {
    state: 'before-sign-in',
    run() {
      throw new Refusal('NO', 'LOGIN failed.')
    },
  },
  CAPABILITY: {
    state: 'any',
    run({ writer, signedIn }, args) {
      args.end()
      writer.line(`* CAPABILITY ${capabilityWords('2026', signedIn !== undefined)}`)
      return 'OK CAPABILITY completed.'
    },
  },
  NOOP: { state: 'any', run: (_session, args) => (args.end(), 'OK NOOP completed.') },
  ID: {
    state: 'any',
    run({ writer }, args) {
      const fields = args.token()
      if (fields.kind === 'string' || (fields.kind === 'atom' && fields.text.toUpperCase() !== 'NIL')) {
        throw argumentError()
      }
      args.end()
      writer.line('* ID ("name" "Microsoft.Exchange.Imap4.Imap4Server" "version" "15.20")')
      return 'OK ID completed'
    },
  },
  LOGOUT: {
    state: 'any',
    run(session, args, tag) {
      args.end()
      session.writer.line('* BYE Microsoft Exchange Server IMAP4 server signing off.')
      session.writer.line(`${tag} OK LOGOUT completed.`)
      session.end()
      return undefined
    },
  },
  NAMESPACE: {
    state: 'signed-in',
    run({ writer }, args) {
      args.end()
      writer.line('* NAMESPACE (("" "/")) NIL NIL')
      return 'OK NAMESPACE completed.'
    },
  },
}
