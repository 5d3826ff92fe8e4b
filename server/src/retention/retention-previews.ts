import { countOldAlerts } from '../alerts/index.ts'
import { countOldEntries } from '../audit/index.ts'
import { countOldMail, countOldSources } from '../conversations/index.ts'
import type { Database } from '../database/index.ts'
import { countOldEvents } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { EmailAccountId } from '../kernel/ids.ts'
import { countOldSignIns } from '../people/index.ts'
import { countOldSignInLinks } from '../tokens/index.ts'
import { daysAgo } from './ages.ts'
import type { AccountAges, InstallationAges } from './retention-settings.ts'

/** Counting ends here, so that the cost is bounded: a count of this many means *at least*. */
export const MOST_COUNTED = 100_000

export interface MailPreview {
  /** Conversations that are deleted with their messages. */
  conversations: number
  messages: number
  /** Sources that are deleted alone, and their bytes as stored. */
  sources: number
  bytes: number
}

export interface RecordsPreview {
  events: number
  alerts: number
  auditEntries: number
  signIns: number
}

/** Counts of what settings would delete at once, before they are saved. Nothing is changed. */
export interface RetentionPreviews {
  ofAccount(id: EmailAccountId, ages: AccountAges): Promise<MailPreview>
  ofInstallation(ages: InstallationAges): Promise<RecordsPreview>
}

export function createPreviews(deps: {
  database: Pick<Database, 'db'>
  clock: Clock
  days: number
}): RetentionPreviews {
  const { clock, days } = deps
  const { db } = deps.database

  async function ofAccount(accountId: EmailAccountId, ages: AccountAges): Promise<MailPreview> {
    const { messagesDays, sourcesDays, attachmentsDays } = ages
    const mailOf = (age: number) => ({ accountId, before: daysAgo(clock.now(), age) })
    const none = { conversations: 0, messages: 0, sources: 0, bytes: 0 }
    const mail = messagesDays === undefined ? none : await countOldMail(db, mailOf(messagesDays))
    const all = sourcesDays === undefined ? none : await countOldSources(db, mailOf(sourcesDays), 'all')
    const some =
      attachmentsDays === undefined ? none : await countOldSources(db, mailOf(attachmentsDays), 'attachments')
    // Sources of messages with attachments may be in both counts.
    const { sources, bytes } = some.bytes > all.bytes ? some : all
    return { conversations: mail.conversations, messages: mail.messages, sources, bytes }
  }

  async function ofInstallation(ages: InstallationAges): Promise<RecordsPreview> {
    const before = (age: number | undefined) => (age === undefined ? undefined : daysAgo(clock.now(), age))
    const [audit, signIns] = [before(ages.auditDays), before(ages.signInsDays)]
    return {
      events: await countOldEvents(db, before(ages.eventsDays ?? days)!, MOST_COUNTED),
      alerts: await countOldAlerts(db, before(ages.alertsDays ?? days)!, MOST_COUNTED),
      auditEntries: audit ? await countOldEntries(db, audit, MOST_COUNTED) : 0,
      signIns: signIns
        ? (await countOldSignIns(db, signIns, MOST_COUNTED)) + (await countOldSignInLinks(db, signIns, MOST_COUNTED))
        : 0,
    }
  }

  return { ofAccount, ofInstallation }
}
