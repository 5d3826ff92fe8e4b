import { capabilityWords } from './capabilities.ts'
import { argumentError, Refusal } from './refusal.ts'
import type { Command, Session } from './session.ts'
import { readXoauth2, signIn } from './sign-in.ts'

/** Base64 line of an XOAUTH2 response; larger than one with a token of 16 kB. */
const LONGEST_RESPONSE = 32 * 1024

const authenticate: Command = {
  state: 'before-sign-in',
  async run(session, args) {
    const { deps } = session
    if (args.atom().toUpperCase() !== 'XOAUTH2') throw new Refusal('NO', 'AUTHENTICATE failed.')
    const response = args.left > 0 ? args.astring() : await ask(session, '+')
    args.end()

    const delay = deps.faults.ask('imap.sign-in-delay', session.subject())
    if (delay) await session.pause(delay.ms)
    const sent = readXoauth2(response)
    const signedIn = sent && (await signIn(sent, deps))
    if (!signedIn) {
      await challenge(session)
      throw new Refusal('NO', 'AUTHENTICATE failed.')
    }
    session.signedIn = signedIn
    const fault = deps.faults.ask('imap.sign-in', session.subject())
    if (fault) {
      if (fault.kind === 'refuse') await challenge(session)
      // A refused sign-in leaves the session unauthenticated.
      const refused = session.applyFault(fault)
      session.signedIn = undefined
      await refused
      session.signedIn = signedIn
    }
    if (!deps.admit(session)) session.signedIn = { ...signedIn, isConnected: false }
    return 'OK AUTHENTICATE completed.'
  },
}

/** Sends the error challenge before the NO of a refused sign-in, when its fault is on. */
async function challenge(session: Session): Promise<void> {
  const told = session.deps.faults.ask('imap.challenge', session.subject())
  if (told !== undefined) await ask(session, `+ ${Buffer.from(told).toString('base64')}`)
}

/** Requests one more line from the client. @throws Refusal BAD when the client cancels */
async function ask(session: Session, prompt: string): Promise<string> {
  session.writer.line(prompt)
  await session.writer.flush()
  const line = (await session.source.readLine(LONGEST_RESPONSE))?.toString('latin1')
  if (line === undefined || line === '*') throw argumentError()
  return line
}

export const connectionCommands: Record<string, Command> = {
  AUTHENTICATE: authenticate,
  // Basic authentication is disabled (docs/reference/microsoft-365.md §E.9), so the password is not checked.
  LOGIN: {
    state: 'before-sign-in',
    run() {
      throw new Refusal('NO', 'LOGIN failed.')
    },
  },
  CAPABILITY: {
    state: 'any',
    run({ writer, variant, signedIn }, args) {
      args.end()
      writer.line(`* CAPABILITY ${capabilityWords(variant, signedIn !== undefined)}`)
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
      // Unconfirmed: the fields.
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
  // Exchange offers it in one variant only; IMAP4rev2 then breaks SEARCH and LSUB (docs/reference/microsoft-365.md
  // §E.4).
  ENABLE: {
    state: 'signed-in',
    run(session, args) {
      if (session.variant !== 'imap4rev2') throw argumentError()
      const wanted = args.words()
      while (args.left > 0) wanted.push(args.atom())
      const enabled = wanted.filter((word) => word.toUpperCase() === 'IMAP4REV2')
      if (enabled.length > 0) session.isRev2 = true
      session.writer.line(`* ENABLED${enabled.length > 0 ? ' IMAP4rev2' : ''}`)
      return 'OK ENABLE completed.'
    },
  },
}
