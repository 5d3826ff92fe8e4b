import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'

export const CHANGE_TYPES = ['created', 'updated', 'deleted'] as const
export type ChangeType = (typeof CHANGE_TYPES)[number]

/** A wish to be told of changes; `graphSubscription` in the glossary. Times are milliseconds since the epoch. */
export interface Subscription {
  id: string
  applicationId: string
  tenantId: string
  /** The person who asked, or the application's service principal. */
  creatorId: string
  /** Made with delegated permissions: it lives as long as the creator may read the mailbox through the application. */
  isDelegated: boolean
  mailboxId: string
  /** All folders when absent. */
  folderId: string | undefined
  /** `$filter=isRead eq …`: only messages that are so; becoming so is `created`, ceasing to be so `deleted`. */
  isRead: boolean | undefined
  changeTypes: ChangeType[]
  /** Asked for with `Prefer: IdType="ImmutableId"`. */
  immutableIds: boolean
  notificationUrl: string
  lifecycleNotificationUrl: string | undefined
  clientState: string | undefined
  /** As they were sent, to be shown again. */
  sent: {
    resource: string
    changeType: string
    latestSupportedTlsVersion: string
    encryptionCertificate: string | undefined
    encryptionCertificateId: string | undefined
    notificationUrlAppId: string | undefined
  }
  expiresAt: number
  /** When the access token was issued that made or last renewed the subscription, and when it ends. */
  authorizedAt: number
  authorizedUntil: number
  /** Absent in those of older versions of the sandbox. */
  createdAt?: number
  /** What a `reauthorizationRequired` was sent for already: ends of tokens and of the subscription. */
  challengedFor: number[]
  /** When to look after it next; other looks that are still scheduled are out of date. */
  nextLookAt: number
}

export interface Subscriptions {
  add(subscription: Subscription): void
  save(subscription: Subscription): void
  remove(id: string): void
  /** Only those that have not expired. */
  find(id: string): Subscription | undefined
  /** Expired ones, too, until they are removed. */
  findAny(id: string): Subscription | undefined
  listOfMailbox(mailboxId: string): Subscription[]
  listAll(): Subscription[]
  countOfMailbox(mailboxId: string): number
  /** In order of creation. */
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

/** JSON has no `undefined`: absent keys come back so. */
function toSubscription(json: string): Subscription {
  const object = JSON.parse(json) as Subscription
  const { folderId, isRead, lifecycleNotificationUrl, clientState } = object
  return { ...object, folderId, isRead, lifecycleNotificationUrl, clientState }
}
