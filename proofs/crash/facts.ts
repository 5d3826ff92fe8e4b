/** Facts left by a run, read from the database and through the API. */
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { inParallel } from '../drill/in-parallel.ts'
import type { Api } from './api.ts'
import type { Facts } from './judge.ts'
import { letterName, numberIn, type ProtocolAccount } from './protocol-harness.ts'

/** Events that report a message for the first time. */
const TELLING = ['message.imported', 'message.received', 'message.sent']
/** Events that change the status of a conversation. */
const DECIDING = ['conversation.closed', 'conversation.reopened']

export type Asked = <Row>(sql: string, values?: unknown[]) => Promise<Row[]>

/** Queries the database directly, which may be restarting. */
export function askDatabase(url: string): Asked {
  return async <Row>(sql: string, values: unknown[] = []) => {
    for (let tries = 1; ; tries++) {
      const client = new pg.Client({ connectionString: url })
      client.on('error', () => undefined)
      try {
        await client.connect()
        return (await client.query(sql, values)).rows as Row[]
      } catch (error) {
        if (tries === 100) throw error
        await pause(100)
      } finally {
        await client.end().catch(() => undefined)
      }
    }
  }
}

interface MessageRow {
  id: string
  account: string
  subject: string
  body: string
  presence: string
  isRead: boolean
  folders: string[]
  isOvertaken: boolean
  isOutside: boolean
  isLater: boolean
}

export async function storedFacts(ask: Asked): Promise<Pick<Facts, 'stored' | 'events' | 'outbox'>> {
  const messages = await ask<MessageRow>(
    `SELECT id, email_account_id AS account, subject, body, presence, flags @> '{seen}' AS "isRead",
       ARRAY(SELECT name FROM message_locations JOIN folders ON folders.id = folder_id
         WHERE message_locations.message_id = messages.id) AS folders,
       remote_id LIKE 'imap:%' AND EXISTS (SELECT FROM account_actions
         WHERE message_id = messages.id AND place IS NULL) AS "isOvertaken",
       EXISTS (SELECT FROM account_actions JOIN folders ON folders.id = at_folder_id
         WHERE message_id = messages.id AND NOT synced) AS "isOutside",
       -- The clock of a server that was stopped may be behind those of others.
       coalesce(created_at > (SELECT at FROM events WHERE kind = ANY($1) AND subject_id = conversation_id::text
         ORDER BY id DESC LIMIT 1), false) AS "isLater"
     FROM messages WHERE direction = 'in'`,
    [DECIDING],
  )
  const stored = messages.flatMap(({ subject, body, ...row }) => {
    const number = numberIn('Letter', subject)
    return number === undefined ? [] : [{ ...row, number, isWhole: body.includes(letterName(number)) }]
  })
  const ids = new Set(stored.map(({ id }) => id))
  const events = await ask<{ id: string; subjectId: string }>(
    'SELECT id, subject_id AS "subjectId" FROM events WHERE kind = ANY($1) ORDER BY id',
    [TELLING],
  )
  const outbox = await ask<{
    id: string
    account: string
    messageId: string
    subject: string
    state: string
    reason: string | null
  }>(
    `SELECT id, email_account_id AS account, message_id AS "messageId", content->>'subject' AS subject, state, state_reason AS reason FROM submissions`,
  )
  return {
    stored,
    events: events.filter(({ subjectId }) => ids.has(subjectId)).map((each) => ({ ...each, id: Number(each.id) })),
    outbox: outbox.map(({ subject, ...row }) => ({ ...row, number: numberIn('Answer', subject) ?? 0 })),
  }
}

/** Letters that mailbox actions have changed, and actions that still wait or have failed. */
export async function actionFacts(ask: Asked): Promise<Facts['actions']> {
  const [counts] = await ask<Facts['actions']>(
    `SELECT count(*) FILTER (WHERE at_folder_id IS NOT NULL)::integer AS moved,
       count(*) FILTER (WHERE seen_written)::integer AS marked,
       count(*) FILTER (WHERE due_at IS NOT NULL OR code IS NOT NULL)::integer AS unfinished FROM account_actions`,
  )
  return counts!
}

/** Conversations whose status changed last by a person. New mail and the end of a snooze move no message. */
export async function decidedFacts(ask: Asked): Promise<Facts['decided']> {
  const rows = await ask<{ id: string; eventId: string }>(
    `SELECT id, "eventId" FROM (SELECT DISTINCT ON (subject_id) subject_id AS id, events.id AS "eventId",
         payload->>'by' AS author FROM events
       WHERE kind = ANY($1) ORDER BY subject_id, events.id DESC) AS latest WHERE author NOT IN ('message', 'snooze')`,
    [DECIDING],
  )
  return new Map(rows.map(({ id, eventId }) => [id, Number(eventId)]))
}

/** Folders for closed conversations by account. */
export async function closedFolderFacts(ask: Asked): Promise<Facts['closedFolders']> {
  const rows = await ask<{ id: string; name: string }>(
    `SELECT account_action_settings.email_account_id AS id, name
     FROM account_action_settings JOIN folders ON folders.id = closed_folder_id`,
  )
  return new Map(rows.map(({ id, name }) => [id, name]))
}

/** Every conversation of the accounts as shown to users. */
export async function shownFacts(api: Api, accounts: readonly ProtocolAccount[]): Promise<Facts['shown']> {
  const ids: string[] = []
  for (const { id } of accounts) {
    for (const view of ['all', 'deleted']) {
      for (let before: string | undefined; ;) {
        const query = new URLSearchParams({ view, limit: '100', emailAccountId: id, ...(before && { before }) })
        type List = { conversations: { id: string }[]; next?: string }
        const { conversations, next } = await api.ask<List>('GET', `/v1/conversations?${query.toString()}`)
        ids.push(...conversations.map((each) => each.id))
        if (next === undefined) break
        before = next
      }
    }
  }
  return inParallel(ids, 4, async (conversationId) => {
    type View = { conversation: { status: string; place: string }; messages: { subject: string; direction: string }[] }
    const { conversation, messages } = await api.ask<View>('GET', `/v1/conversations/${conversationId}`)
    const letters = messages.filter(({ direction }) => direction === 'in')
    return {
      conversationId,
      status: conversation.status,
      place: conversation.place,
      numbers: letters.flatMap(({ subject }) => numberIn('Letter', subject) ?? []),
    }
  })
}
