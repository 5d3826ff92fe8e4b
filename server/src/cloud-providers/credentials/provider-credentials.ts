import type { Selectable } from 'kysely'
import type { Database, Schema, Tx } from '../../database/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError, isErrorCode } from '../../kernel/errors.ts'
import { type CloudProviderId, newId, type ProviderCredentialId } from '../../kernel/ids.ts'
import type { KeyRing } from '../../kernel/key-ring.ts'
import type { Secret } from '../../kernel/secret.ts'
import { parseCertificate } from './certificates.ts'
import { type CredentialSummary, toHint, type ProviderCredential, type Standing } from './provider-credential.ts'
import { openOrGiveUp } from './lost-keys.ts'

/** Maximum credentials per provider. Two are enough for a replacement. */
const MAX_CREDENTIALS = 5

/** A new credential as it is stored. */
export interface KeptCredential {
  proof: Secret
  /** DER; undefined for a secret. */
  certificate: Buffer | undefined
  expiresAt: Date | undefined
}

export type ProviderCredentials = ReturnType<typeof createProviderCredentials>

type Row = Selectable<Schema['provider_credentials']>

/** Credentials of a registration. Several can be active at once: a new one is tried before the old one is removed. */
export function createProviderCredentials({ db }: Database, keyRing: KeyRing, clock: Clock) {
  const contextOf = (id: ProviderCredentialId) => `provider_credentials.sealed:${id}`

  async function rowsOf(providerId: CloudProviderId, on: Pick<Tx, 'selectFrom'> = db): Promise<Row[]> {
    const rows = await on
      .selectFrom('provider_credentials')
      .selectAll()
      .where('cloud_provider_id', '=', providerId)
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .execute()
    return inOrderOfUse(rows, clock.now())
  }

  async function add(tx: Tx, providerId: CloudProviderId, { proof, certificate, expiresAt }: KeptCredential) {
    const { count } = await tx
      .selectFrom('provider_credentials')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('cloud_provider_id', '=', providerId)
      .executeTakeFirstOrThrow()
    if (count >= MAX_CREDENTIALS) throw new AppError('cloud_providers.too_many_credentials')

    const id = newId<ProviderCredentialId>()
    const { sealed, keyId } = keyRing.seal(proof, contextOf(id))
    const row = await tx
      .insertInto('provider_credentials')
      .values({
        id,
        cloud_provider_id: providerId,
        kind: certificate ? 'certificate' : 'secret',
        sealed,
        key_id: keyId,
        certificate: certificate ?? null,
        hint: certificate ? null : toHint(proof),
        ends_at: expiresAt ?? null,
        trial_due_at: clock.now(),
        created_at: clock.now(),
      })
      .returningAll()
      .executeTakeFirstOrThrow()
    return summaryOf(row, [])
  }

  async function changeEnd(
    tx: Tx,
    providerId: CloudProviderId,
    id: ProviderCredentialId,
    expiresAt: Date | undefined,
  ): Promise<CredentialSummary> {
    const row = await tx
      .updateTable('provider_credentials')
      .set({ ends_at: expiresAt ?? null, end_read_at: null, ending_told: null })
      .where('id', '=', id)
      .where('cloud_provider_id', '=', providerId)
      // A certificate contains its own expiry date.
      .where('kind', '=', 'secret')
      .returningAll()
      .executeTakeFirst()
    if (!row) throw new AppError('cloud_providers.credential_not_found')
    return summaryOf(row, await rowsOf(providerId, tx))
  }

  /** Saves expiry date and description from the registration at Microsoft. */
  async function keepRead(
    tx: Tx,
    id: ProviderCredentialId,
    { expiresAt, description }: { expiresAt: Date; description: string | undefined },
  ): Promise<void> {
    await tx
      .updateTable('provider_credentials')
      .set((eb) => ({
        ends_at: expiresAt,
        end_read_at: clock.now(),
        description: description ?? null,
        // After a change of the date, the alerts are sent again.
        ending_told: eb.case().when('ends_at', '=', expiresAt).then(eb.ref('ending_told')).else(null).end(),
      }))
      .where('id', '=', id)
      .execute()
  }

  async function remove(tx: Tx, providerId: CloudProviderId, id: ProviderCredentialId): Promise<boolean> {
    const { numDeletedRows } = await tx
      .deleteFrom('provider_credentials')
      .where('id', '=', id)
      .where('cloud_provider_id', '=', providerId)
      .executeTakeFirst()
    return numDeletedRows > 0n
  }

  async function list(providerId: CloudProviderId): Promise<CredentialSummary[]> {
    const rows = await rowsOf(providerId)
    return rows.map((row) => summaryOf(row, rows))
  }

  /**
   * Decrypts the credentials, in the order of use.
   *
   * @throws {AppError} `cloud_providers.credential_unreadable` if there are credentials and no key opens any of them
   */
  async function open(providerId: CloudProviderId): Promise<ProviderCredential[]> {
    const rows = await rowsOf(providerId)
    const readable: ProviderCredential[] = []
    let unreadable: AppError | undefined
    for (const row of rows) {
      const proof = await openOrGiveUp(db, keyRing, { sealed: row.sealed, keyId: row.key_id }, contextOf(row.id))
      if (proof instanceof AppError) unreadable = proof
      else readable.push({ ...summaryOf(await withHint(row, proof), rows), proof })
    }
    // While one credential is readable, unreadable ones are left out.
    if (unreadable && readable.length === 0) {
      throw new AppError('cloud_providers.credential_unreadable', { cause: unreadable })
    }
    return readable
  }

  /** Adds the hint to a row of an earlier version. */
  async function withHint(row: Row, proof: Secret): Promise<Row> {
    if (row.kind !== 'secret' || row.hint !== null) return row
    const hint = toHint(proof)
    await db.updateTable('provider_credentials').set({ hint }).where('id', '=', row.id).execute()
    return { ...row, hint }
  }

  return { add, changeEnd, keepRead, remove, list, open, rowsOf }
}

/**
 * Sorts credentials by order of use: working, untried, refused, then expired (the date was entered and may be wrong).
 * Within a group the newest comes first; `rows` must already be in that order.
 */
export function inOrderOfUse(rows: readonly Row[], now: Date): Row[] {
  const rank = ({ ends_at, works_since, refused_since }: Row) => {
    if (ends_at !== null && ends_at <= now) return 3
    if (works_since !== null) return 0
    return refused_since === null ? 1 : 2
  }
  return rows.toSorted((a, b) => rank(a) - rank(b))
}

function summaryOf(row: Row, all: readonly Row[]): CredentialSummary {
  return {
    id: row.id,
    kind: row.kind,
    expiresAt: row.ends_at ?? undefined,
    expiryReadAt: row.end_read_at ?? undefined,
    createdAt: row.created_at,
    hint: row.hint ?? undefined,
    description: row.description ?? undefined,
    standing: toStanding(row),
    lastUsedAt: row.last_used_at ?? undefined,
    trialAt: row.works_since === null ? row.trial_due_at : undefined,
    // Ids sort by creation time.
    isReplaced: all.some(({ id, works_since }) => works_since !== null && id > row.id),
    certificate: row.certificate === null ? undefined : parseCertificate(row.certificate),
  }
}

export function toStanding({ works_since, refused_since, refused_code }: Row): Standing {
  if (works_since !== null) return { state: 'works', since: works_since }
  // A refusal with a code of another version keeps at least its state.
  const code = isErrorCode(refused_code) ? refused_code : undefined
  if (refused_since === null) return { state: 'untried', ...(code && { code }) }
  return { state: 'refused', since: refused_since, code: code ?? 'cloud_providers.client_rejected' }
}
