import { sql } from 'kysely'
import type { Database } from '../../database/index.ts'
import type { VisibleAccounts } from '../../events/index.ts'
import type { EmailAccountId } from '../../kernel/ids.ts'
import { isUnreadFor, type Reader } from '../team/reads.ts'

/** Counting ends here, so that the cost is bounded: a count of this size means *at least*. */
export const MOST_COUNTED = 1000

/** Conversations in Spam, of each mailbox, among which unread ones are counted: each costs two rows. */
export const MOST_SPAM = 100

/** Views that have a count. */
export type CountedView =
  'open' | 'mine' | 'unassigned' | 'needs-reply' | 'mentions' | 'waiting' | 'snoozed' | 'spam' | 'drafts'

export interface ConversationCountsOf {
  /** At most {@link MOST_COUNTED} each. `spam`: unread ones among the latest 100 of each mailbox. */
  views: Record<CountedView, number>
  /** Open conversations that need a reply and are unassigned or assigned to the caller. */
  forMe: number
  /** Open conversations by mailbox. */
  emailAccounts: { id: EmailAccountId; open: number }[]
}

interface OwnRow {
  mine: number
  /** Unread ones. */
  mentions: number
  drafts: number
}

interface AccountRow {
  id: EmailAccountId
  open: number
  unassigned: number
  needs_reply: number
  waiting: number
  snoozed: number
  spam: number
  for_me: number
}

/**
 * Counts conversations for the navigation. Two statements. They read index entries only up to {@link MOST_COUNTED} per
 * view and mailbox, however many conversations are stored.
 *
 * @param reader  person whose conversations, drafts and read state count; for programs, no conversations and drafts do
 */
export function createConversationCounts({ database: { db } }: { database: Database }) {
  return async function countViews(input: {
    emailAccountIds: VisibleAccounts
    reader: Reader | undefined
  }): Promise<ConversationCountsOf> {
    const { emailAccountIds: accounts, reader } = input
    const [perAccount, own] = await Promise.all([byAccount(accounts, reader), ofPerson(accounts, reader?.id ?? '')])
    const sum = (column: Exclude<keyof AccountRow, 'id'>) =>
      Math.min(
        perAccount.reduce((total, row) => total + row[column], 0),
        MOST_COUNTED,
      )
    return {
      views: {
        open: sum('open'),
        mine: own.mine,
        unassigned: sum('unassigned'),
        'needs-reply': sum('needs_reply'),
        mentions: own.mentions,
        waiting: sum('waiting'),
        snoozed: sum('snoozed'),
        spam: sum('spam'),
        drafts: own.drafts,
      },
      forMe: sum('for_me'),
      emailAccounts: perAccount.map(({ id, open }) => ({ id, open })),
    }
  }

  async function byAccount(accounts: VisibleAccounts, reader: Reader | undefined): Promise<AccountRow[]> {
    const lanes =
      accounts === 'all'
        ? sql`WITH RECURSIVE account(id) AS (
            (SELECT email_account_id FROM conversations ORDER BY email_account_id LIMIT 1)
            UNION ALL SELECT (SELECT email_account_id FROM conversations
              WHERE email_account_id > account.id ORDER BY email_account_id LIMIT 1)
            FROM account WHERE account.id IS NOT NULL)`
        : sql`WITH account AS (SELECT unnest(${accounts}::uuid[]) AS id)`
    // Literals, so that the planner can use the partial indexes. Merged conversations are closed.
    const { rows } = await sql<AccountRow>`${lanes}
      SELECT account.id, open.n AS open, unassigned.n AS unassigned, needing.n AS needs_reply, needing.for_me,
        waiting.n AS waiting, snoozed.n AS snoozed, spam.n AS spam
      FROM account
      CROSS JOIN LATERAL ${counted(sql`listed_as = 'open'`)} AS open
      CROSS JOIN LATERAL ${counted(sql`listed_as = 'open' AND assignee_id IS NULL`)} AS unassigned
      CROSS JOIN LATERAL (SELECT count(*)::int AS n,
          (count(*) FILTER (WHERE assignee_id IS NULL OR assignee_id = ${reader?.id ?? ''}))::int AS for_me
        FROM (SELECT assignee_id FROM conversations
          WHERE email_account_id = account.id AND listed_as = 'open' AND needs_reply
          ORDER BY listed_at DESC, id DESC LIMIT ${MOST_COUNTED}) AS found) AS needing
      CROSS JOIN LATERAL ${counted(sql`listed_as = 'waiting'`)} AS waiting
      CROSS JOIN LATERAL ${counted(sql`listed_as = 'snoozed'`)} AS snoozed
      CROSS JOIN LATERAL ${unreadSpam(reader)} AS spam
      WHERE account.id IS NOT NULL`.execute(db)
    return rows
  }

  async function ofPerson(accounts: VisibleAccounts, userId: string): Promise<OwnRow> {
    const visible = accounts === 'all' ? sql`` : sql`AND email_account_id = ANY(${accounts}::uuid[])`
    const { rows } = await sql<OwnRow>`SELECT
      (SELECT count(*) FROM (SELECT FROM conversations WHERE assignee_id = ${userId} AND listed_as = 'open' ${visible}
        LIMIT ${MOST_COUNTED}) AS found)::int AS mine,
      (SELECT count(*) FROM (SELECT FROM conversation_mentions JOIN conversations ON id = conversation_id
        WHERE person_id = ${userId} AND is_unread AND place = 'inbox' ${visible} LIMIT ${MOST_COUNTED}) AS found)::int AS mentions,
      (SELECT count(*) FROM (SELECT FROM drafts WHERE author_id = ${userId} AND discarded_at IS NULL ${visible}
        LIMIT ${MOST_COUNTED}) AS found)::int AS drafts`.execute(db)
    return rows[0]!
  }
}

/** Unread conversations among the latest in Spam, for a person or for the mailbox. */
function unreadSpam(reader: Reader | undefined) {
  const latest = sql`SELECT id, unread, news_at FROM conversations
    WHERE email_account_id = account.id AND listed_as = 'spam' ORDER BY listed_at DESC, id DESC LIMIT ${MOST_SPAM}`
  if (!reader) return sql`(SELECT count(*)::int AS n FROM (${latest}) AS found WHERE unread)`
  return sql`(SELECT count(*)::int AS n FROM (${latest}) AS found
    LEFT JOIN conversation_reads ON conversation_id = found.id AND person_id = ${reader.id}
    WHERE ${isUnreadFor(reader)})`
}

/** In the order of the index, which the planner then prefers to a scan. */
function counted(condition: ReturnType<typeof sql>) {
  return sql`(SELECT count(*)::int AS n FROM (SELECT FROM conversations
    WHERE email_account_id = account.id AND ${condition} ORDER BY listed_at DESC, id DESC LIMIT ${MOST_COUNTED})
    AS found)`
}
