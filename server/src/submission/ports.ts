import type { Conversations } from '../conversations/index.ts'
import type { EmailAccounts } from '../email-accounts/index.ts'

/** Ports of `conversations` that the outbox uses. */
export type ConversationPorts = Pick<Conversations, 'filing' | 'outgoing' | 'reading' | 'messages' | 'drafts'>

/** Methods of `email-accounts` that the outbox uses. */
export type EmailAccountPorts = Pick<
  EmailAccounts,
  'get' | 'getIn' | 'identities' | 'folders' | 'transportOf' | 'canSendBy' | 'sendByGraphInstead'
>
