/** Lines of COPY for the rows of a letter and of a conversation. Values have no tab and no backslash. */
import type { Letter, StartedConversation } from './years-of-mail.ts'

type Kind = 'account' | 'folder' | 'conversation' | 'message' | 'attachment'
const KINDS: readonly Kind[] = ['account', 'folder', 'conversation', 'message', 'attachment']
const NULL = '\\N'

export const COPIED = {
  messages: `id, email_account_id, conversation_id, message_key, remote_id, presence, direction, message_id, in_reply_to,
    reference_ids, subject, from_address, to_addresses, cc_addresses, bcc_addresses, reply_to_addresses, received_at,
    flags, unread, preview, body_type, body, has_attachments, attachments_known, imported, created_at`,
  message_locations: 'folder_id, remote_id, message_id, round',
  search_entries: 'message_id, email_account_id, received_at, search',
  attachments: 'id, message_id, remote_id, name, content_type, size_bytes, is_inline, kind',
  conversations: `id, email_account_id, subject, status, participants, preview, unread, message_count, last_message_at,
    created_at, needs_reply, news_at, place, last_sent_at`,
} as const

export type CopiedTable = keyof typeof COPIED

/** Id of the n-th row of a kind, the same in each fill. */
export function laidId(kind: Kind, n: number): string {
  const prefix = (KINDS.indexOf(kind) + 1).toString(16).padStart(4, '0')
  return `0190${prefix}-0000-7000-8000-${n.toString(16).padStart(12, '0')}`
}

export function letterLines(letter: Letter) {
  const { n, conversation, mailbox, isOut, at, words } = letter
  const [id, account, time] = [laidId('message', n), laidId('account', mailbox), at.toISOString()]
  const { from, to } = peopleOf(letter)
  const file = fileOf(letter)
  return {
    messages: line(
      ...[id, account, laidId('conversation', conversation), `\\\\x${n.toString(16).padStart(16, '0')}`, `r${n}`],
      ...['present', isOut ? 'out' : 'in', `m${n}@x.example`, '{}', '{}', subjectOf(conversation)],
      ...[JSON.stringify(from), JSON.stringify([to]), '[]', '[]', '[]', time, '{seen}', 'f'],
      ...[words.slice(0, 20).join(' '), 'text', words.join(' '), file === undefined ? 'f' : 't', 't', 't', time],
    ),
    message_locations: line(laidId('folder', mailbox), `r${n}`, id, '0'),
    search_entries: line(id, account, time, vectorOf(letter, account)),
    attachments:
      file === undefined
        ? ''
        : line(laidId('attachment', n), id, '1', file, 'application/pdf', String(20_000 + n), 'f', 'file'),
  }
}

export function conversationLine(started: StartedConversation, n: number): string {
  const { mailbox, messages, lastAt, lastSentAt } = started
  const [account, time] = [laidId('account', mailbox), lastAt.toISOString()]
  const isUnread = n % 50 === 1
  const needsReply = lastAt !== lastSentAt
  return line(
    ...[laidId('conversation', n), account, subjectOf(n), n % 10 === 0 ? 'closed' : n % 10 === 5 ? 'waiting' : 'open'],
    ...[JSON.stringify([customerOf(n)]), 'Good morning', isUnread ? 't' : 'f', String(messages), time, time],
    ...[needsReply ? 't' : 'f', isUnread ? time : NULL, n % 20 === 11 ? 'spam' : 'inbox'],
    lastSentAt?.toISOString() ?? NULL,
  )
}

/** As the search index makes it: marked words of the fields, the words of the body with their positions, and the mailbox. */
function vectorOf(letter: Letter, account: string): string {
  const { conversation, words } = letter
  const { from, to } = peopleOf(letter)
  const file = fileOf(letter)
  const parts = (mark: string, ...texts: readonly string[]) =>
    texts.flatMap((text) =>
      text
        .toLowerCase()
        .split(/[ .@-]/)
        .map((word) => `${mark}=${word}`),
    )
  const fields = [
    ...parts('f', from.name, from.address),
    ...parts('s', subjectOf(conversation)),
    ...(file === undefined ? [] : parts('n', file)),
    ...parts('t', to.name, to.address),
  ]
  const positions = new Map<string, number[]>()
  for (const [n, word] of [...fields, ...words].entries()) {
    const known = positions.get(word)
    if (!known) positions.set(word, [n + 1])
    else if (known.length < 255) known.push(n + 1)
  }
  return `'=${account}' ${file === undefined ? '' : `'#attachment' `}${[...positions].map(([word, at]) => `'${word}':${at.join(',')}`).join(' ')}`
}

function peopleOf({ conversation, mailbox, isOut }: Letter) {
  const [customer, team] = [customerOf(conversation), mailboxOf(mailbox)]
  return isOut ? { from: team, to: customer } : { from: customer, to: team }
}

/** One message in eight has a file. */
function fileOf({ n, conversation }: Letter): string | undefined {
  return n % 8 === 5 ? `invoice ${conversation}.pdf` : undefined
}

/** Name and address of a mailbox. */
export function mailboxOf(mailbox: number): { name: string; address: string } {
  return { name: `Team ${mailbox}`, address: `team-${mailbox}@contoso.example` }
}

function customerOf(conversation: number): { name: string; address: string } {
  const n = conversation % 5000
  return { name: `Customer ${n}`, address: `c${n}@customer${n % 700}.example` }
}

function subjectOf(conversation: number): string {
  return `Order ${conversation}`
}

function line(...values: readonly string[]): string {
  return `${values.join('\t')}\n`
}
