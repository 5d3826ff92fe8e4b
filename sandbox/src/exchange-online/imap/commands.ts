import { connectionCommands } from './connection-commands.ts'
import { fetchCommands } from './fetch-command.ts'
import { folderCommands } from './folder-commands.ts'
import { idleCommand } from './idle-command.ts'
import { messageCommands } from './message-commands.ts'
import { searchCommands } from './search-command.ts'
import { selectCommands } from './select-commands.ts'
import type { Command } from './session.ts'

export const COMMANDS: Readonly<Record<string, Command>> = {
  ...connectionCommands,
  ...folderCommands,
  ...selectCommands,
  ...fetchCommands,
  ...messageCommands,
  ...searchCommands,
  IDLE: idleCommand,
}
