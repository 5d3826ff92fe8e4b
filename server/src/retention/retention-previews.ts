import { countOldAlerts } from '../alerts/index.ts'
import { countOldEntries } from '../audit/index.ts'
import { countOldMail, countOldOnHold, countOldSources } from '../conversations/index.ts'
import type { Database } from '../database/index.ts'
import { countOldEvents } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { EmailAccountId } from '../kernel/ids.ts'
import { countOldSignIns } from '../people/index.ts'
import { countOldSignInLinks } from '../tokens/index.ts'
import { daysAgo } from './ages.ts'
import type { AccountAges, InstallationAges } from './retention-settings.ts'

/** Rows of each kind at which counting ends, so that its cost is bounded. */
export const MOST_COUNTED = 100_000
/** Conversations, and sources, at which counting ends. Lower, because they are read from more tables. */
export const MOST_MAIL_COUNTED = 10_000

export interface MailPreview {
  /** Conversations that are deleted with their messages. */
  conversations: number
  messages: number
  /** Sources that are deleted without their messages, and their bytes as stored. */
  sources: number
  bytes: number
  /** Conversations that are old enough, and stay because of a legal hold. */
  onLegalHold: number
  /** Counts that ended at their limit. */
  atLeast: ('conversations' | 'messages' | 'sources' | 'onLegalHold')[]
}

export interface RecordsPreview {
  events: number
  alerts: number
  auditEntries: number
  signIns: number
  /** Counts that ended at their limit. */
  atLeast: ('events' | 'alerts' | 'auditEntries' | 'signIns')[]
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
  const before = (age: number | undefined) => (age === undefined ? undefined : daysAgo(clock.now(), age))

  async function ofAccount(accountId: EmailAccountId, ages: AccountAges): Promise<MailPreview> {
    const messages = before(ages.messagesDays)
    const [all, attachments] = [before(ages.sourcesDays), before(ages.attachmentsDays)]
    const latest = latestOf([messages, all, attachments])
    const most = MOST_MAIL_COUNTED
    const mail = messages && (await countOldMail(db, { accountId, before: messages }, most))
    const alone =
      (all ?? attachments) && (await countOldSources(db, { accountId, all, attachments, from: messages }, most))
    const onLegalHold = latest ? await countOldOnHold(db, { accountId, before: latest }, most) : 0
    return {
      ...{ conversations: mail?.conversations ?? 0, messages: mail?.messages ?? 0 },
      ...{ sources: alone?.sources ?? 0, bytes: alone?.bytes ?? 0, onLegalHold },
      atLeast: [
        ...(mail?.isAtLimit ? (['conversations', 'messages'] as const) : []),
        ...(alone?.isAtLimit ? (['sources'] as const) : []),
        ...(onLegalHold === most ? (['onLegalHold'] as const) : []),
      ],
    }
  }

  async function ofInstallation(ages: InstallationAges): Promise<RecordsPreview> {
    const [audit, signIns] = [before(ages.auditDays), before(ages.signInsDays)]
    const counts = {
      events: await countOldEvents(db, daysAgo(clock.now(), ages.eventsDays ?? days), MOST_COUNTED),
      alerts: await countOldAlerts(db, daysAgo(clock.now(), ages.alertsDays ?? days), MOST_COUNTED),
      auditEntries: audit ? await countOldEntries(db, audit, MOST_COUNTED) : 0,
      signIns: signIns
        ? (await countOldSignIns(db, signIns, MOST_COUNTED)) + (await countOldSignInLinks(db, signIns, MOST_COUNTED))
        : 0,
    }
    const kinds = Object.keys(counts) as (keyof typeof counts)[]
    return { ...counts, atLeast: kinds.filter((kind) => counts[kind] >= MOST_COUNTED) }
  }

  return { ofAccount, ofInstallation }
}

function latestOf(times: readonly (Date | undefined)[]): Date | undefined {
  const set = times.filter((time) => time !== undefined).map(Number)
  return set.length > 0 ? new Date(Math.max(...set)) : undefined
}
