import type { Person } from '../api/client.ts'

/** Table of all commands, used by the keys, the help and the palette. */
export interface Command {
  id: string
  /** One stroke or two in sequence: `g i`. `Mod` is Ctrl, and ⌘ on a Mac. */
  keys: string
  group: 'list' | 'conversation' | 'go' | 'anywhere'
  /** Roles that have the command; absent for everyone who works with mail. */
  roles?: readonly Person['role'][]
  /** Handled by the browser; listed in the help only. */
  native?: true
}

const MAIL_ROLES: readonly Person['role'][] = ['admin', 'supervisor', 'agent']

export const COMMANDS = [
  { id: 'next', keys: 'j', group: 'list' },
  { id: 'previous', keys: 'k', group: 'list' },
  { id: 'open', keys: 'Enter', group: 'list', native: true },
  { id: 'select', keys: 'x', group: 'list' },
  { id: 'selectTo', keys: 'X', group: 'list' },
  { id: 'clearSelection', keys: 'Escape', group: 'list' },
  { id: 'reply', keys: 'r', group: 'conversation' },
  { id: 'replyAll', keys: 'a', group: 'conversation' },
  { id: 'forward', keys: 'f', group: 'conversation' },
  { id: 'close', keys: 'e', group: 'conversation' },
  { id: 'wait', keys: 'w', group: 'conversation' },
  { id: 'snooze', keys: 'b', group: 'conversation' },
  { id: 'markUnread', keys: 'u', group: 'conversation' },
  { id: 'assign', keys: 'i', group: 'conversation' },
  { id: 'tag', keys: 't', group: 'conversation' },
  { id: 'move', keys: 'v', group: 'conversation' },
  { id: 'spam', keys: '!', group: 'conversation' },
  { id: 'delete', keys: '#', group: 'conversation' },
  { id: 'merge', keys: 'm', group: 'conversation' },
  { id: 'note', keys: 'n', group: 'conversation' },
  { id: 'details', keys: 'd', group: 'conversation' },
  { id: 'write', keys: 'c', group: 'anywhere' },
  { id: 'undo', keys: 'z', group: 'anywhere' },
  { id: 'search', keys: '/', group: 'anywhere' },
  { id: 'palette', keys: 'Mod+k', group: 'anywhere', roles: [...MAIL_ROLES, 'auditor'] },
  { id: 'help', keys: '?', group: 'anywhere', roles: [...MAIL_ROLES, 'auditor'] },
  { id: 'goInbox', keys: 'g i', group: 'go' },
  { id: 'goNotifications', keys: 'g b', group: 'go' },
  { id: 'goOverview', keys: 'g o', group: 'go', roles: ['admin'] },
  { id: 'goSetup', keys: 'g s', group: 'go', roles: ['admin'] },
  { id: 'goEmailAccounts', keys: 'g e', group: 'go', roles: ['admin'] },
  { id: 'goCloudProviders', keys: 'g c', group: 'go', roles: ['admin'] },
  { id: 'goFigures', keys: 'g f', group: 'go', roles: ['admin', 'supervisor', 'auditor'] },
  { id: 'goIncidents', keys: 'g n', group: 'go', roles: ['admin', 'auditor'] },
  { id: 'goPeople', keys: 'g p', group: 'go', roles: ['admin'] },
  { id: 'goAudit', keys: 'g a', group: 'go', roles: ['admin', 'auditor'] },
] as const satisfies readonly Command[]

export type CommandId = (typeof COMMANDS)[number]['id']

export const GROUPS = ['list', 'conversation', 'anywhere', 'go'] as const satisfies readonly Command['group'][]

/** Paths of the `go` commands. */
export const TARGETS = {
  goInbox: '/inbox',
  goNotifications: '/notifications',
  goOverview: '/overview',
  goSetup: '/set-up',
  goEmailAccounts: '/email-accounts',
  goCloudProviders: '/cloud-providers',
  goFigures: '/figures',
  goIncidents: '/incidents',
  goPeople: '/people',
  goAudit: '/audit',
} as const

/** Commands for users of this role. */
export function commandsFor(role: Person['role']): readonly (Command & { id: CommandId })[] {
  return COMMANDS.filter(({ roles = MAIL_ROLES }: Command) => roles.includes(role))
}
