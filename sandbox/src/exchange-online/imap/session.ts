import type { Socket } from 'node:net'
import { Arguments } from './arguments.ts'
import { ByteSource } from './byte-source.ts'
import { greetingOf } from './capabilities.ts'
import { readCommand, type RawCommand, type Unreadable } from './command-reader.ts'
import { type Command, type CommandDeps, COMMANDS } from './commands.ts'
import { argumentError, ConnectionOver, Refusal, unknownCommand, wrongState } from './refusal.ts'
import type { SelectedFolder } from './selected-folder.ts'
import type { SignedIn } from './sign-in.ts'
import { readTokens } from './tokens.ts'
import { createWriter, type ImapWriter } from './writer.ts'

/** Exchange takes messages of 36 MB; only who is signed in may send one. */
const LARGEST_APPEND = 38 * 1024 * 1024
const MOST_BAD_COMMANDS = 50

export interface SessionOptions extends CommandDeps {
  socket: Socket
  /** Hears of faults of the sandbox itself. */
  report: (error: unknown) => void
}

/** One connection of a client, from the greeting to the end. */
export class Session {
  readonly source: ByteSource
  readonly writer: ImapWriter
  readonly deps: CommandDeps
  signedIn: SignedIn | undefined
  selected: SelectedFolder | undefined
  /** When the client last sent a command, by the sandbox's clock. */
  lastHeardAt: number
  /** Set while the client waits for news. */
  onNews: (() => void) | undefined
  readonly #socket: Socket
  readonly #report: (error: unknown) => void
  #over = false

  constructor({ socket, report, ...deps }: SessionOptions) {
    this.#socket = socket
    this.#report = report
    this.deps = deps
    this.source = new ByteSource(socket)
    this.writer = createWriter(socket)
    this.lastHeardAt = deps.clock.now().getTime()
  }

  get mailboxId(): string | undefined {
    return this.signedIn?.mailboxId
  }

  async run(): Promise<void> {
    try {
      this.writer.line(greetingOf('2026'))
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
      this.end('* BYE Connection is closed. 14')
    } catch (error) {
      if (!(error instanceof ConnectionOver)) this.#report(error)
    } finally {
      this.#over = true
      this.#socket.destroySoon()
    }
  }

  /** Says goodbye, when that was not said, and closes. */
  end(bye?: string): void {
    if (this.#over) return
    this.#over = true
    if (bye !== undefined) this.writer.line(bye)
    this.writer.end()
  }

  async #answer(command: RawCommand | Unreadable): Promise<boolean> {
    const { tag } = command
    try {
      if ('refused' in command) {
        if (command.ends) this.#endsAfter = true
        throw argumentError()
      }
      const found = this.#find(command.name)
      const args = new Arguments(readTokens(command.pieces))
      const said = await found.run(this, args, tag)
      if (this.selected && !found.keepsNumbers) this.selected.tell(this.writer, { expunges: true })
      else this.selected?.tell(this.writer, { expunges: false })
      if (said !== undefined) this.writer.line(`${tag} ${said}`)
      return true
    } catch (error) {
      if (error instanceof ConnectionOver) throw error
      if (!(error instanceof Refusal)) this.#report(error)
      const { status, message } = error instanceof Refusal ? error : new Refusal('NO', 'Server Unavailable. 15')
      this.writer.line(`${tag} ${status} ${message}`)
      if (this.#endsAfter) this.end('* BYE Connection is closed. 14')
      return status === 'NO'
    }
  }
  #endsAfter = false

  #find(name: string): Command {
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
    if (!command) throw unknownCommand()
    if (command.state === 'any') return command
    if (command.state === 'before-sign-in') {
      if (this.signedIn) throw wrongState()
      return command
    }
    if (!this.signedIn) throw wrongState()
    if (this.signedIn.mailboxId === undefined) {
      // Fact sheet §E.4.
      this.#endsAfter = true
      throw new Refusal('BAD', 'User is authenticated but not connected.')
    }
    if (command.state === 'selected' && !this.selected) throw wrongState()
    return command
  }
}
