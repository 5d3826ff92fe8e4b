/** Sending state of each mailbox: the reason it can't send, the end of its hold, and the lane it shares. */
import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { Database, Schema } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { type AppError, CATALOGUE, type Effect, type ErrorCode, storableUpstream } from '../kernel/errors.ts'
import type { CloudProviderId, EmailAccountId, GrantId } from '../kernel/ids.ts'
import type { SubmissionRow } from './submission-rows.ts'

/** Time until which mail is not tried, with the reason. */
export interface Hold {
  until: Date
  code: ErrorCode
}

/** Held mailboxes, directly or by their lane, as `held (email_account_id, until, code)`. */
export function heldAccounts(now: Date) {
  return sql`(SELECT email_account_id, greatest(states.held_until, lanes.held_until) AS until,
      CASE WHEN lanes.held_until >= coalesce(states.held_until, lanes.held_until) THEN lanes.held_code
        ELSE states.held_code END AS code
    FROM sending_states AS states LEFT JOIN sending_lanes AS lanes USING (lane)
    WHERE states.held_until > ${now} OR lanes.held_until > ${now})`
}

/**
 * Condition for a message that may be tried: it is not held, or its attempt has started and only its outcome is
 * checked.
 */
export function notHeld(now: Date) {
  return sql<boolean>`(send_begun_at IS NOT NULL OR email_account_id NOT IN
    (SELECT email_account_id FROM ${heldAccounts(now)} AS held))`
}

/** Consequence of an attempt for its mailbox. */
export type Verdict = { kind: 'went-out' } | { kind: 'refused'; error: AppError; until: Date } | { kind: 'done' }

export type SendingStates = ReturnType<typeof createSendingStates>

export function createSendingStates({ database: { db }, clock }: { database: Database; clock: Clock }) {
  /**
   * Stores the lane of a mailbox.
   *
   * @param lane undefined if the mailbox shares no lane
   */
  async function setLane(id: EmailAccountId, lane: string | undefined, perMinute: number | undefined): Promise<void> {
    if (lane !== undefined) {
      const limits = { per_minute: perMinute ?? null }
      await db
        .insertInto('sending_lanes')
        .values({ lane, ...limits })
        .onConflict((conflict) => conflict.column('lane').doUpdateSet(limits))
        .execute()
    }
    await db
      .insertInto('sending_states')
      .values({ email_account_id: id, lane: lane ?? null })
      .onConflict((conflict) => conflict.column('email_account_id').doUpdateSet({ lane: lane ?? null }))
      .execute()
  }

  async function holdsOf(ids: readonly EmailAccountId[]): Promise<Map<EmailAccountId, Hold>> {
    const { rows } = await sql<Hold & { email_account_id: EmailAccountId }>`
      SELECT * FROM ${heldAccounts(clock.now())} AS held WHERE email_account_id = ANY(${ids}::uuid[])`.execute(db)
    return new Map(rows.map(({ email_account_id: id, until, code }) => [id, { until, code }]))
  }

  /** Makes held mail of these mailboxes due now, oldest first. The rate limits of their lanes stay in effect. */
  async function release(of: {
    emailAccountId?: EmailAccountId
    grantId?: GrantId
    cloudProviderId?: CloudProviderId
  }): Promise<void> {
    const { emailAccountId = null, grantId = null, cloudProviderId = null } = of
    await sql`WITH freed AS (
        SELECT id FROM email_accounts WHERE id = ${emailAccountId}::uuid OR grant_id = ${grantId}::uuid
          OR first_grant_id = ${grantId}::uuid OR cloud_provider_id = ${cloudProviderId}::uuid
      ), unheld AS (
        UPDATE sending_states SET held_until = NULL, held_code = NULL
          WHERE held_until IS NOT NULL AND email_account_id IN (SELECT id FROM freed)
      )
      UPDATE submissions SET due_at = coalesce(waits_since, greatest(created_at, not_before))
        WHERE email_account_id IN (SELECT id FROM freed) AND state = 'queued' AND claimed_by IS NULL
          AND due_at > ${clock.now()} AND coalesce(not_before, created_at) <= ${clock.now()}`.execute(db)
  }

  /** Returns the time of the latest attempt refused by a fault of the whole mailbox. */
  async function faultAt(id: EmailAccountId): Promise<Date | undefined> {
    const row = await db
      .selectFrom('sending_states')
      .select('fault_at')
      .where('email_account_id', '=', id)
      .executeTakeFirst()
    return row?.fault_at ?? undefined
  }

  return { setLane, holdsOf, release, faultAt }
}

/**
 * Adds the verdict to the statement that ends the claim. A message that went out also needs {@link freedByVerdict}.
 *
 * @param id submission that the verdict is about
 */
export function withVerdict(
  parts: Kysely<Schema>,
  { id, emailAccountId, verdict, now }: { id: string; emailAccountId: EmailAccountId; verdict: Verdict; now: Date },
): Kysely<Schema> {
  const others = sql`SELECT 1 FROM submissions WHERE email_account_id = ${emailAccountId}
    AND state IN ('queued', 'sending') AND id <> ${id}`
  switch (verdict.kind) {
    case 'went-out':
      return parts
    case 'done':
      return parts.with('freed', (within) =>
        within
          .updateTable('sending_states')
          .set(
            noTroubleIf(sql`NOT EXISTS (${others}
              AND (trouble_code <> ALL(${OF_ONE_MESSAGE}::text[]) OR state_reason = trouble_code))`),
          )
          .where('email_account_id', '=', emailAccountId)
          .where('trouble_code', 'is not', null),
      ) as unknown as Kysely<Schema>
    case 'refused':
      return refused(parts, emailAccountId, verdict, now)
  }
}

type SentRow = Pick<SubmissionRow, 'id' | 'email_account_id'>

/** Parameters of `end_sending_troubles`: mailboxes and messages that went out, with the codes that it must know. */
export function freedBy(sent: readonly SentRow[]): RawBuilder<unknown> {
  return sql`${sent.map((each) => each.email_account_id)}::uuid[], ${sent.map(({ id }) => id)}::uuid[],
    ${OF_ONE_MESSAGE}::text[], ${OF_THE_LOGIN}::text[]`
}

/** Expression that ends the trouble and the holds of the mailbox, if the message went out. */
export function freedByVerdict(verdict: Verdict | undefined, sent: SentRow) {
  const freed = verdict?.kind === 'went-out' ? sql`end_sending_troubles(${freedBy([sent])})` : sql`NULL`
  return freed.as('freed')
}

/** Faults of single messages: other mail of the mailbox can succeed and proves nothing about them. */
const OF_ONE_MESSAGE = codesThat('wait')
const OF_THE_LOGIN = codesThat('hold-login')

function codesThat(effect: Effect): ErrorCode[] {
  return (Object.keys(CATALOGUE) as ErrorCode[]).filter((code) => CATALOGUE[code].submission === effect)
}

/** A mailbox that cannot send until a user or an admin acts. */
export function needsPerson({ remedy }: Pick<AppError, 'remedy'>): boolean {
  return remedy === 'admin' || remedy === 'sign-in'
}

function noTroubleIf(isOver: RawBuilder<unknown>) {
  return {
    trouble_code: sql<string | null>`CASE WHEN NOT (${isOver}) THEN trouble_code END`,
    trouble_since: sql<Date | null>`CASE WHEN NOT (${isOver}) THEN trouble_since END`,
    trouble_upstream: sql<null>`CASE WHEN NOT (${isOver}) THEN trouble_upstream END`,
  }
}

function refused(
  parts: Kysely<Schema>,
  emailAccountId: EmailAccountId,
  { error, until }: Extract<Verdict, { kind: 'refused' }>,
  now: Date,
): Kysely<Schema> {
  const effect = error.entry.submission
  const isTrouble = effect !== 'fail' && needsPerson(error)
  const upstream = JSON.stringify(storableUpstream(error.upstream))
  const laneOf = sql`(SELECT lane FROM sending_states WHERE email_account_id = ${emailAccountId})`
  const held = { held_until: until, held_code: error.code }
  const trouble = { trouble_code: error.code, trouble_since: now, trouble_upstream: upstream }
  const holdsLane = effect === 'hold-login'
  const withLane = holdsLane
    ? (parts.with('held_lane', (within) =>
        within
          .updateTable('sending_lanes')
          .set({
            held_until: sql<Date>`greatest(held_until, ${until})`,
            held_code: sql<string>`CASE WHEN held_until >= ${until} THEN held_code ELSE ${error.code} END`,
          })
          .where(sql<boolean>`lane = ${laneOf}`),
      ) as unknown as Kysely<Schema>)
    : parts
  // A mailbox without a lane is held itself.
  if (effect === 'wait' && !isTrouble) return withLane
  const isHeld = effect === 'hold-mailbox' || holdsLane
  const isFault = effect === 'hold-mailbox' && isTrouble
  return withLane.with('held_mailbox', (within) =>
    within
      .insertInto('sending_states')
      .columns([
        ...(['email_account_id', 'held_until', 'held_code'] as const),
        ...(['trouble_code', 'trouble_since', 'trouble_upstream', 'fault_at'] as const),
      ])
      .expression(
        sql`SELECT ${emailAccountId}::uuid, ${isHeld ? until : null}::timestamptz, ${isHeld ? error.code : null}::text,
          ${isTrouble ? error.code : null}::text, ${isTrouble ? now : null}::timestamptz,
          ${isTrouble ? upstream : null}::jsonb, ${isFault ? now : null}::timestamptz ${holdsLane ? sql`WHERE ${laneOf} IS NULL` : sql``}`,
      )
      .onConflict((conflict) =>
        conflict.column('email_account_id').doUpdateSet({
          ...(isHeld && held),
          ...(isTrouble && { ...trouble, trouble_since: sql<Date>`coalesce(sending_states.trouble_since, ${now})` }),
          ...(isFault && { fault_at: now }),
        }),
      ),
  ) as unknown as Kysely<Schema>
}
