import type { Option } from './fault.ts'
import type { Subject } from './points.ts'

/** Option of faults at IMAP that can be limited to some commands. */
export const COMMANDS = {
  kind: 'choice',
  title: 'Commands',
  choices: ['all', 'list', 'select', 'fetch', 'search', 'store', 'move', 'append', 'idle'],
  usual: 'all',
} as const satisfies Option

const MEANT: Record<string, readonly string[]> = {
  list: ['LIST', 'LSUB', 'STATUS', 'NAMESPACE'],
  select: ['SELECT', 'EXAMINE'],
  fetch: ['FETCH', 'UID FETCH'],
  search: ['SEARCH', 'UID SEARCH'],
  store: ['STORE', 'UID STORE'],
  move: ['COPY', 'UID COPY', 'MOVE', 'UID MOVE', 'EXPUNGE', 'UID EXPUNGE'],
  append: ['APPEND'],
  idle: ['IDLE'],
}

export function isMeant(commands: string, { command = '' }: Subject): boolean {
  return commands === 'all' ? command !== 'LOGOUT' : (MEANT[commands]?.includes(command) ?? false)
}
