import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'

export const CHANGE_TYPES = ['created', 'updated', 'deleted'] as const
export type ChangeType = (typeof CHANGE_TYPES)[number]

/**
 * A subscription to change notifications; `graphSubscription` in the glossary. Times are milliseconds since the epoch.
 */
export interface Subscription {
  id: string
  applicationId: string
  tenantId: string
  /** User that created it, or the application's service principal. */
  creatorId: string
  /** Created with delegated permissions: valid as long as the creator can read the mailbox through the application. */
  isDelegated: boolean
  mailboxId: string
  /** `undefined` for all folders. */
  folderId: string | undefined
  /** `$filter=isRead eq …`: only matching messages. Beginning to match is `created`, ceasing to match is `deleted`. */
  isRead: boolean | undefined
  changeTypes: ChangeType[]
  /** Requested with `Prefer: IdType="ImmutableId"`. */
  immutableIds: boolean
  notificationUrl: string
  lifecycleNotificationUrl: string | undefined
  clientState: string | undefined
  /** Values in the client's spelling, for responses. */
  sent: {
    resource: string
    changeType: string
    latestSupportedTlsVersion: string
    encryptionCertificate: string | undefined
    encryptionCertificateId: string | undefined
    notificationUrlAppId: string | undefined
  }
  expiresAt: number
  /** Issue and expiration time of the access token that created or last renewed the subscription. */
  authorizedAt: number
  authorizedUntil: number
  /** `undefined` in subscriptions of older sandbox versions. */
  createdAt?: number
  /** Expiration times, of tokens and of the subscription, for which `reauthorizationRequired` was already sent. */
  challengedFor: number[]
  /** Time of the next check; other checks that are still scheduled are obsolete. */
  nextLookAt: number
}

export interface Subscriptions {
  add(subscription: Subscription): void
  save(subscription: Subscription): void
  remove(id: string): void
  /** Finds a subscription that has not expired. */
  find(id: string): Subscription | undefined
  /** Finds a subscription, including an expired one that is not removed yet. */
  findAny(id: string): Subscription | undefined
  listOfMailbox(mailboxId: string): Subscription[]
  listAll(): Subscription[]
  countOfMailbox(mailboxId: string): number
  /** Subscriptions in order of creation. */
  listOfApplication(tenantId: string, applicationId: string): Subscription[]
}

const TABLES = `
  CREATE TABLE IF NOT EXISTS graph_subscriptions (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, mailbox_id TEXT NOT NULL, tenant_id TEXT NOT NULL,
    application_id TEXT NOT NULL, expires_at INTEGER NOT NULL, object TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS graph_subscriptions_mailbox ON graph_subscriptions (mailbox_id, expires_at);
  CREATE INDEX IF NOT EXISTS graph_subscriptions_application ON graph_subscriptions (tenant_id, application_id);`

export function createSubscriptions(database: Database, clock: Clock): Subscriptions {
  database.addTables(TABLES)

  const now = () => clock.now().getTime()
  const parse = (row: { object: string } | undefined) => row && toSubscription(row.object)

  return {
    add(subscription) {
      const { id, mailboxId, tenantId, applicationId, expiresAt } = subscription
      database.run(
        `INSERT INTO graph_subscriptions (id, mailbox_id, tenant_id, application_id, expires_at, object)
         VALUES (?, ?, ?, ?, ?, ?)`,
        id,
        mailboxId,
        tenantId,
        applicationId,
        expiresAt,
        JSON.stringify(subscription),
      )
    },
    save(subscription) {
      database.run(
        'UPDATE graph_subscriptions SET expires_at = ?, object = ? WHERE id = ?',
        subscription.expiresAt,
        JSON.stringify(subscription),
        subscription.id,
      )
    },
    remove(id) {
      database.run('DELETE FROM graph_subscriptions WHERE id = ?', id)
    },
    find: (id) =>
      parse(database.get('SELECT object FROM graph_subscriptions WHERE id = ? AND expires_at > ?', id, now())),
    findAny: (id) => parse(database.get('SELECT object FROM graph_subscriptions WHERE id = ?', id)),
    listOfMailbox: (mailboxId) =>
      database
        .all<{ object: string }>(
          'SELECT object FROM graph_subscriptions WHERE mailbox_id = ? AND expires_at > ? ORDER BY number',
          mailboxId,
          now(),
        )
        .map(({ object }) => toSubscription(object)),
    listAll: () =>
      database
        .all<{ object: string }>('SELECT object FROM graph_subscriptions WHERE expires_at > ? ORDER BY number', now())
        .map(({ object }) => toSubscription(object)),
    countOfMailbox: (mailboxId) =>
      database.get<{ count: number }>(
        'SELECT count(*) AS count FROM graph_subscriptions WHERE mailbox_id = ? AND expires_at > ?',
        mailboxId,
        now(),
      )!.count,
    listOfApplication: (tenantId, applicationId) =>
      database
        .all<{ object: string }>(
          `SELECT object FROM graph_subscriptions WHERE tenant_id = ? AND application_id = ? AND expires_at > ?
           ORDER BY number`,
          tenantId,
          applicationId,
          now(),
        )
        .map(({ object }) => toSubscription(object)),
  }
}

/** Restores missing keys as `undefined`, which JSON lacks. */
function toSubscription(json: string): Subscription {
  const object = JSON.parse(json) as Subscription
  const { folderId, isRead, lifecycleNotificationUrl, clientState } = object
  return { ...object, folderId, isRead, lifecycleNotificationUrl, clientState }
}
