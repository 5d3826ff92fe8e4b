import { type ErasedKind, type RemainingKind } from '../../retention/index.ts'
import type { presentReport } from './erasure.ts'

const ERASED: Record<ErasedKind, string> = {
  customerNotes: 'customer notes deleted',
  suggestions: 'suggestions of recipients deleted',
  drafts: 'drafts to the person deleted',
  sentMail: 'records of mail sent to the person alone deleted',
  notifications: 'notifications deleted',
  views: 'saved views with the address deleted',
  invitations: 'invitations deleted',
  events: 'events: address replaced',
  auditEntries: 'audit entries: address replaced',
  alerts: 'alerts: address replaced',
  incidents: 'incidents: address replaced',
  states: 'states of mailboxes: address replaced',
}
const REMAINING: Record<RemainingKind, string> = {
  messages: 'messages of others, including those of kept conversations',
  versions: 'earlier versions of messages of others',
  attachments: 'names of attachments of others',
  conversations: 'conversations, such as kept ones',
  notes: 'notes of the team about conversations',
  otherCustomerNotes: 'notes about other customers',
  otherDrafts: 'drafts to other people, too',
  otherSentMail: 'sent mail to other people, too',
  cannedResponses: 'canned responses',
  signatures: 'signatures',
}

/** Report as text. Names no person. */
export function reportText(erasure: Awaited<ReturnType<typeof presentReport>>): string {
  const { id, by, startedAt, endedAt, failure, accounts, erased, remaining, keptIds, remainingMessageIds } = erasure
  const lines = (of: Readonly<Record<string, string>>, counts: Readonly<Record<string, number | undefined>>) =>
    Object.entries(of).map(([kind, text]) => `  ${counts[kind] ?? 0} ${text}`)
  return [
    `Erasure of a person, ${id}`,
    `Started ${startedAt.toISOString()} by ${by}`,
    endedAt ? `Completed ${endedAt.toISOString()}` : 'Still running: the counts grow.',
    ...(failure ? [`Failed: ${failure.title}. It is tried again each minute.`] : []),
    '',
    'Mail by mailbox',
    ...(accounts.length === 0 ? ['  none'] : []),
    ...accounts.flatMap(({ emailAccountId, name, ...mail }) => [
      `  ${name ?? emailAccountId}`,
      `    ${mail.messages} messages deleted`,
      `    ${mail.conversations} conversations deleted with everything in them`,
      `    ${mail.shared} conversations with other people: only messages of the person deleted`,
      `    ${mail.onLegalHold} conversations kept: on legal hold`,
      `    ${mail.inUse} conversations kept: message in the outbox, or newer work of the team`,
    ]),
    '',
    'Other data',
    ...lines(ERASED, erased),
    '',
    'Where the address remains',
    ...lines(REMAINING, remaining),
    '',
    'Kept conversations (ids)',
    ...(keptIds.length === 0 ? ['  none'] : keptIds.map((each) => `  ${each}`)),
    '',
    'Messages of others with the address (ids)',
    ...(remainingMessageIds.length === 0 ? ['  none'] : remainingMessageIds.map((each) => `  ${each}`)),
    '',
    'Not erased: mail in the mailboxes themselves, backups, log files, and names of the person in texts of others.',
    'After restoring a backup from before this erasure, erase the person again.',
    '',
  ].join('\n')
}
