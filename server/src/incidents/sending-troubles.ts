import { sql, type Kysely } from 'kysely'
import type { Schema } from '../database/index.ts'
import { AppError } from '../kernel/errors.ts'
import type { TroubledAccount } from './failure-causes.ts'
import { mailServerOf } from './states-now.ts'

/** Mail that waits so long is an incident, whatever the reason. */
export const OVERDUE_AFTER_MS = 15 * 60_000

/** Thrown by no code: the reason of an incident where no attempt has told one. */
const OVERDUE = new AppError('submission.waits_too_long').code

interface Row {
  id: TroubledAccount['id']
  name: string
  address: string
  code: string
  since: Date
  cloudProviderId: TroubledAccount['cloudProviderId'] | null
  grantId: TroubledAccount['grantId'] | null
  tenantId: string | null
  servers: unknown
}

/**
 * Mailboxes that cannot send: a person has to end what refused the last attempt, or their oldest message waits for 15
 * minutes. A scheduled message waits from its time on. A message that was not tried yet does not count while others of its
 * mailbox or login go out: it waits for its place. Where no attempt has a reason, what keeps the mailbox from being read is
 * the reason, so that one failure is one incident.
 */
export async function readSendingTroubles(db: Kysely<Schema>, at: Date): Promise<TroubledAccount[]> {
  const overdueBefore = new Date(at.getTime() - OVERDUE_AFTER_MS)
  const { rows } = await sql<Row>`
    WITH waiting AS (
      SELECT email_account_id, state_reason, due_at, coalesce(waits_since, greatest(created_at, not_before)) AS since
      FROM submissions WHERE state IN ('queued', 'sending') AND (state = 'queued' OR send_begun_at IS NULL)
    ), overdue AS (
      SELECT DISTINCT ON (email_account_id) email_account_id, state_reason, since FROM waiting
      WHERE since <= ${overdueBefore}
        AND (state_reason IS NOT NULL OR NOT EXISTS (
          SELECT 1 FROM submissions AS gone WHERE gone.email_account_id IN (
              SELECT waiting.email_account_id UNION ALL
              SELECT mates.email_account_id FROM sending_states AS own JOIN sending_states AS mates USING (lane)
                WHERE own.email_account_id = waiting.email_account_id)
            AND gone.send_begun_at > ${overdueBefore} AND gone.state IN ('handed-over', 'sent')))
      ORDER BY email_account_id, since
    )
    SELECT accounts.id, accounts.name, accounts.address, accounts.servers, accounts.principal_tenant_id AS "tenantId",
      coalesce(states.trouble_code, overdue.state_reason,
        CASE WHEN accounts.state IN ('degraded', 'needs-sign-in', 'needs-admin') THEN accounts.state_reason END,
        ${OVERDUE}) AS code,
      coalesce(states.trouble_since, overdue.since) AS since,
      accounts.cloud_provider_id AS "cloudProviderId",
      coalesce(accounts.first_grant_id, accounts.grant_id) AS "grantId"
    FROM email_accounts AS accounts
      LEFT JOIN sending_states AS states ON states.email_account_id = accounts.id
      LEFT JOIN overdue ON overdue.email_account_id = accounts.id
    WHERE accounts.state <> 'paused' AND (states.trouble_code IS NOT NULL OR overdue.since IS NOT NULL)
    ORDER BY accounts.id`.execute(db)
  return rows.map(({ cloudProviderId, grantId, tenantId, servers, ...row }) => ({
    ...row,
    cloudProviderId: cloudProviderId ?? undefined,
    grantId: grantId ?? undefined,
    tenantId: tenantId ?? undefined,
    mailServer: mailServerOf(servers),
  }))
}
