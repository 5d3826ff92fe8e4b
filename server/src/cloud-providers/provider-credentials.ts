import type { Database, Tx } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import { type CloudProviderId, newId, type ProviderCredentialId } from '../kernel/ids.ts'
import type { KeyRing } from '../kernel/key-ring.ts'
import type { CredentialSummary, NewCredential, ProviderCredential } from './cloud-provider.ts'
import { openOrGiveUp } from './lost-keys.ts'
import { checkSecret } from './provider-fields.ts'

/** Two are enough for a hand-over; more only lie about. */
const MAX_CREDENTIALS = 5

/** The secrets of one registration. Several may live at once: the new one is tried before the old one is dropped. */
export interface ProviderCredentials {
  add(tx: Tx, providerId: CloudProviderId, credential: NewCredential): Promise<CredentialSummary>
  /** @throws {AppError} `cloud_providers.credential_not_found` */
  changeEnd(
    tx: Tx,
    providerId: CloudProviderId,
    id: ProviderCredentialId,
    endsAt: Date | undefined,
  ): Promise<CredentialSummary>
  remove(tx: Tx, providerId: CloudProviderId, id: ProviderCredentialId): Promise<boolean>
  list(providerId: CloudProviderId): Promise<CredentialSummary[]>
  /** @throws {AppError} `cloud_providers.credential_unreadable` when there are some and no key opens any of them */
  open(providerId: CloudProviderId): Promise<ProviderCredential[]>
}

export function createProviderCredentials({ db }: Database, keyRing: KeyRing, clock: Clock): ProviderCredentials {
  const contextOf = (id: ProviderCredentialId) => `provider_credentials.sealed:${id}`

  /** Those past their end date last (the date was typed in by somebody), then the newest first. */
  async function rowsOf(providerId: CloudProviderId) {
    const rows = await db
      .selectFrom('provider_credentials')
      .selectAll()
      .where('cloud_provider_id', '=', providerId)
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .execute()
    const now = clock.now()
    const isOver = ({ ends_at }: { ends_at: Date | null }) => ends_at !== null && ends_at <= now
    return [...rows.filter((row) => !isOver(row)), ...rows.filter(isOver)]
  }

  return {
    async add(tx, providerId, { secret, endsAt }) {
      checkSecret(secret)
      const { count } = await tx
        .selectFrom('provider_credentials')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('cloud_provider_id', '=', providerId)
        .executeTakeFirstOrThrow()
      if (count >= MAX_CREDENTIALS) throw new AppError('cloud_providers.too_many_credentials')

      const id = newId<ProviderCredentialId>()
      const createdAt = clock.now()
      const { sealed, keyId } = keyRing.seal(secret, contextOf(id))
      await tx
        .insertInto('provider_credentials')
        .values({
          id,
          cloud_provider_id: providerId,
          kind: 'secret',
          sealed,
          key_id: keyId,
          ends_at: endsAt ?? null,
          created_at: createdAt,
        })
        .execute()
      return { id, kind: 'secret', endsAt, createdAt }
    },

    async changeEnd(tx, providerId, id, endsAt) {
      const row = await tx
        .updateTable('provider_credentials')
        .set({ ends_at: endsAt ?? null })
        .where('id', '=', id)
        .where('cloud_provider_id', '=', providerId)
        .returning(['id', 'ends_at', 'created_at'])
        .executeTakeFirst()
      if (!row) throw new AppError('cloud_providers.credential_not_found')
      return summaryOf(row)
    },

    async remove(tx, providerId, id) {
      const { numDeletedRows } = await tx
        .deleteFrom('provider_credentials')
        .where('id', '=', id)
        .where('cloud_provider_id', '=', providerId)
        .executeTakeFirst()
      return numDeletedRows > 0n
    },

    async list(providerId) {
      return (await rowsOf(providerId)).map(summaryOf)
    },

    async open(providerId) {
      const readable: ProviderCredential[] = []
      let unreadable: AppError | undefined
      for (const row of await rowsOf(providerId)) {
        const secret = await openOrGiveUp(db, keyRing, { sealed: row.sealed, keyId: row.key_id }, contextOf(row.id))
        if (secret instanceof AppError) unreadable = secret
        else readable.push({ ...summaryOf(row), secret })
      }
      // As long as one can be read, the others are only missing.
      if (unreadable && readable.length === 0) {
        throw new AppError('cloud_providers.credential_unreadable', { cause: unreadable })
      }
      return readable
    },
  }
}

function summaryOf(row: { id: ProviderCredentialId; ends_at: Date | null; created_at: Date }): CredentialSummary {
  return { id: row.id, kind: 'secret', endsAt: row.ends_at ?? undefined, createdAt: row.created_at }
}
