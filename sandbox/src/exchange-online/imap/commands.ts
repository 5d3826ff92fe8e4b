import type { AccessTokenVerifier } from '../../entra-id/index.ts'
import type { FaultsAsked } from '../../faults/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Directory } from '../../tenants/index.ts'
import type { MailStore } from '../mail-store/index.ts'
import type { Arguments } from './arguments.ts'
import { connectionCommands } from './connection-commands.ts'
import { fetchCommands } from './fetch-command.ts'
import { folderCommands } from './folder-commands.ts'
import { idleCommand } from './idle-command.ts'
import { messageCommands } from './message-commands.ts'
import type { MimeSource } from './mime-source.ts'
import { searchCommands } from './search-command.ts'
import { selectCommands } from './select-commands.ts'
import type { Session } from './session.ts'
import type { Subscriptions } from './subscriptions.ts'

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

export const COMMANDS: Readonly<Record<string, Command>> = {
  ...connectionCommands,
  ...folderCommands,
  ...selectCommands,
  ...fetchCommands,
  ...messageCommands,
  ...searchCommands,
  IDLE: idleCommand,
}
