import type { Socket } from 'node:net'
import type { AccessTokenVerifier } from '../../entra-id/index.ts'
import type { FaultsAsked, ImapFault, Subject } from '../../faults/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Directory } from '../../tenants/index.ts'
import { type MailStore, MailStoreError } from '../mail-store/index.ts'
import { Arguments } from './arguments.ts'
import { ByteSource } from './byte-source.ts'
import { formatGreeting, type Variant } from './capabilities.ts'
import { readCommand, type RawCommand, type Unreadable } from './command-reader.ts'
import type { MimeSource } from './mime-source.ts'
import { argumentError, ConnectionOver, Refusal, unknownCommand, wrongState } from './refusal.ts'
import type { SelectedFolder } from './selected-folder.ts'
import type { SignedIn } from './sign-in.ts'
import type { Subscriptions } from './subscriptions.ts'
import { readTokens } from './tokens.ts'
import { createWriter, type ImapWriter } from './writer.ts'

/** Exchange accepts messages of 36 MB; only a signed-in client can send one. */
const LARGEST_APPEND = 38 * 1024 * 1024
const MOST_BAD_COMMANDS = 50
/** docs/reference/microsoft-365.md §E.4; the meaning of the number is internal to Microsoft. */
const CLOSED = 'Connection closed. 14'
const LONGEST_FAREWELL_MS = 2000

/** Dependencies of the commands. */
export interface CommandDeps {
  clock: Clock
  directory: Directory
  accessTokens: AccessTokenVerifier
  mailStore: MailStore
  faults: FaultsAsked
  mimes: MimeSource
  subscriptions: Subscriptions
  /** Counts a session for its mailbox; `false` when the mailbox has too many. */
  admit: (session: Session) => boolean
}

export interface Command {
  state: 'any' | 'before-sign-in' | 'signed-in' | 'selected'
  /** Forbids EXPUNGE in the response (RFC 3501 §7.4.1). */
  keepsNumbers?: true
  /**
   * Sends the untagged responses and returns the tagged one without its tag: `OK NOOP completed.`
   *
   * @throws Refusal NO or BAD
   */
  run: (session: Session, args: Arguments, tag: string) => string | undefined | Promise<string | undefined>
}

export interface SessionOptions extends CommandDeps {
  socket: Socket
  /** All commands by name, in upper case. */
  commands: Readonly<Record<string, Command>>
  /** Receives internal errors of the sandbox. */
  report: (error: unknown) => void
}

/** One connection of a client, from the greeting to the end. */
export class Session {
  readonly source: ByteSource
  readonly writer: ImapWriter
  readonly deps: CommandDeps
  readonly variant: Variant
  signedIn: SignedIn | undefined
  /** True after the client enabled IMAP4rev2. */
  isRev2 = false
  selected: SelectedFolder | undefined
  /** Time of the client's last command, by the sandbox's clock. */
  lastHeardAt: number
  /** Called on changes while the client is in IDLE. */
  onNews: (() => void) | undefined
  readonly #socket: Socket
  readonly #commands: SessionOptions['commands']
  readonly #report: (error: unknown) => void
  #command = 'greeting'
  #over = false
  #endsAfter = false

  constructor({ socket, commands, report, ...deps }: SessionOptions) {
    this.#socket = socket
    this.#commands = commands
    this.#report = report
    this.deps = deps
    this.source = new ByteSource(socket)
    this.writer = createWriter(socket)
    this.lastHeardAt = deps.clock.now().getTime()
    this.variant = deps.faults.ask('imap.variant', this.subject()) ?? '2026'
  }

  /** Id of the open mailbox; `undefined` without access to one. */
  get mailboxId(): string | undefined {
    return this.signedIn?.isConnected === true ? this.signedIn.mailboxId : undefined
  }

  /** Caller, mailbox and command, in the form that faults are matched against. */
  subject(): Subject {
    const { claims, mailboxId } = this.signedIn ?? {}
    const where = this.selected ? ` in ${this.selected.path}` : ''
    return {
      call: `IMAP ${this.#command}${where}`,
      tenantId: claims?.tenantId,
      userId: claims?.userId,
      appId: claims?.appId,
      mailboxId,
      command: this.#command,
    }
  }

  async run(): Promise<void> {
    try {
      const fault = this.deps.faults.ask('imap.connection', this.subject())
      if (fault) await this.applyFault(fault)
      this.writer.line(formatGreeting(this.variant))
      await this.writer.flush()
      for (let bad = 0; !this.#over && bad < MOST_BAD_COMMANDS;) {
        const command = await readCommand(this.source, {
          askForMore: () => {
            this.writer.line('+ Ready for additional command text.')
            this.writer.send()
          },
          largestLiteral: (name) => (name === 'APPEND' && this.mailboxId !== undefined ? LARGEST_APPEND : 0),
        })
        this.lastHeardAt = this.deps.clock.now().getTime()
        const isGood = await this.#answer(command)
        bad = isGood ? 0 : bad + 1
        await this.writer.flush()
      }
      this.end(CLOSED)
    } catch (error) {
      if (!(error instanceof ConnectionOver)) this.#report(error)
    } finally {
      this.#over = true
      this.#socket.destroySoon()
    }
  }

  /** Sends BYE if a reason is given, and closes the connection. */
  end(why?: string): void {
    if (this.#over) return
    this.#over = true
    if (why !== undefined) this.writer.line(`* BYE ${why}`)
    this.writer.end()
    // A client that does not disconnect is cut off.
    setTimeout(() => this.#socket.destroy(), LONGEST_FAREWELL_MS).unref()
  }

  cut(): never {
    this.#over = true
    // Sends the buffered output before closing.
    this.#socket.destroySoon()
    throw new ConnectionOver()
  }

  /** Applies a fault in place of a response. @throws Refusal, ConnectionOver; returns when the fault is off again */
  async applyFault(fault: ImapFault): Promise<void> {
    switch (fault.kind) {
      case 'refuse':
        if (fault.then === 'bye') this.#endsAfter = true
        throw new Refusal(fault.status, fault.text)
      case 'bye':
        this.end(fault.text)
        throw new ConnectionOver()
      case 'cut':
        return this.cut()
      case 'hang':
        await this.pause(undefined)
    }
  }

  /** Waits for `ms`, or until a fault is switched off. @throws ConnectionOver when the client disconnects meanwhile */
  pause(ms: number | undefined): Promise<void> {
    const { faults } = this.deps
    return new Promise((resolve, reject) => {
      const settle = (settled: () => void) => () => {
        clearTimeout(timer)
        forget()
        this.#socket.off('close', onClose)
        settled()
      }
      const onClose = settle(() => reject(new ConnectionOver()))
      const done = settle(resolve)
      const timer = ms === undefined ? undefined : setTimeout(done, ms)
      const forget = faults.onSwitchedOff(done)
      this.#socket.on('close', onClose)
      if (this.#socket.destroyed) onClose()
    })
  }

  async #answer(command: RawCommand | Unreadable): Promise<boolean> {
    const { tag } = command
    try {
      if ('refused' in command) {
        this.#command = '(unreadable)'
        this.#endsAfter = command.ends
        throw argumentError()
      }
      this.#command = command.name
      const found = this.#find(command.name)
      const fault = this.signedIn && this.deps.faults.ask('imap.command', this.subject())
      if (fault) await this.applyFault(fault)
      const reply = await found.run(this, new Arguments(readTokens(command.pieces)), tag)
      this.selected?.tell(this.writer, { expunges: found.keepsNumbers !== true })
      if (reply !== undefined) this.writer.line(`${tag} ${reply}`)
      return true
    } catch (error) {
      if (error instanceof ConnectionOver) throw error
      // A refusal by the store, for example of a message removed meanwhile, is not an internal error.
      if (!(error instanceof Refusal || error instanceof MailStoreError)) this.#report(error)
      const { status, message } = error instanceof Refusal ? error : new Refusal('NO', 'Server Unavailable. 15')
      this.writer.line(`${tag} ${status} ${message}`)
      if (this.#endsAfter) this.end(CLOSED)
      return status === 'NO'
    }
  }

  #find(name: string): Command {
    const command = Object.hasOwn(this.#commands, name) ? this.#commands[name] : undefined
    if (!command) throw unknownCommand()
    if (command.state === 'any') return command
    if (command.state === 'before-sign-in') {
      if (this.signedIn) throw wrongState()
      return command
    }
    if (!this.signedIn) throw wrongState()
    if (!this.signedIn.isConnected || this.deps.faults.ask('imap.mailbox', this.subject())) {
      // docs/reference/microsoft-365.md §E.4.
      this.#endsAfter = true
      throw new Refusal('BAD', 'User is authenticated but not connected.')
    }
    if (command.state === 'selected' && !this.selected) throw wrongState()
    return command
  }
}
