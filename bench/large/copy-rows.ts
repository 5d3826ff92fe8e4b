/** Lines of COPY for the rows of a letter and of a conversation. Values have no tab and no backslash. */
import type { Letter, StartedConversation } from './years-of-mail.ts'

type Kind = 'account' | 'folder' | 'conversation' | 'message'
const KINDS: readonly Kind[] = ['account', 'folder', 'conversation', 'message']

export const COPIED = {
  messages: `id, email_account_id, conversation_id, message_key, remote_id, presence, direction, message_id, in_reply_to,
    reference_ids, subject, from_address, to_addresses, cc_addresses, bcc_addresses, reply_to_addresses, received_at,
    flags, unread, preview, body_type, body, has_attachments, attachments_known, imported, created_at`,
  message_locations: 'folder_id, remote_id, message_id, round',
  search_entries: 'message_id, email_account_id, received_at, search',
  conversations: `id, email_account_id, subject, status, participants, preview, unread, message_count, last_message_at,
    created_at`,
} as const

export type CopiedTable = keyof typeof COPIED

/** Id of the n-th row of a kind, the same in each fill. */
export function laidId(kind: Kind, n: number): string {
  const prefix = (KINDS.indexOf(kind) + 1).toString(16).padStart(4, '0')
  return `0190${prefix}-0000-7000-8000-${n.toString(16).padStart(12, '0')}`
}

export function letterLines({ n, conversation, mailbox, at, words }: Letter) {
  const [id, account, time] = [laidId('message', n), laidId('account', mailbox), at.toISOString()]
  const customer = customerOf(conversation)
  return {
    messages: line(
      ...[id, account, laidId('conversation', conversation), `\\\\x${n.toString(16).padStart(16, '0')}`, `r${n}`],
      ...['present', n % 3 === 0 ? 'out' : 'in', `m${n}@x.example`, '{}', '{}', subjectOf(conversation)],
      ...[JSON.stringify(customer), '[]', '[]', '[]', '[]', time, '{seen}', 'f', words.slice(0, 20).join(' ')],
      ...['text', words.join(' '), 'f', 't', 't', time],
    ),
    message_locations: line(laidId('folder', mailbox), `r${n}`, id, '0'),
    search_entries: line(id, account, time, vectorOf(conversation, account, words)),
  }
}

export function conversationLine({ mailbox, messages, lastAt }: StartedConversation, n: number): string {
  const [account, time] = [laidId('account', mailbox), lastAt.toISOString()]
  return line(
    ...[laidId('conversation', n), account, subjectOf(n), n % 10 === 0 ? 'closed' : 'open'],
    ...[JSON.stringify([customerOf(n)]), 'Good morning', n % 50 === 1 ? 't' : 'f', String(messages), time, time],
  )
}

/** As the search index makes it: marked words of the fields, the words of the body with their positions, and the mailbox. */
function vectorOf(conversation: number, account: string, words: readonly string[]): string {
  const { name, address } = customerOf(conversation)
  const parts = (mark: string, text: string) =>
    text
      .toLowerCase()
      .split(/[ .@]/)
      .map((word) => `${mark}=${word}`)
  const fields = [...parts('f', name), ...parts('f', address), ...parts('s', subjectOf(conversation))]
  const positions = new Map<string, number[]>()
  for (const [n, word] of [...fields, ...words].entries()) {
    const known = positions.get(word)
    if (!known) positions.set(word, [n + 1])
    else if (known.length < 255) known.push(n + 1)
  }
  return `'=${account}' ${[...positions].map(([word, at]) => `'${word}':${at.join(',')}`).join(' ')}`
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
