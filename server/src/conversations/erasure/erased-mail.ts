import { createHmac, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import type { Database, Tx } from '../../database/index.ts'
import { AppError } from '../../kernel/errors.ts'
import type { FolderId, StoredMessageId } from '../../kernel/ids.ts'
import type { Sealed } from '../../kernel/key-ring.ts'
import { Secret } from '../../kernel/secret.ts'
import { mapInTurns } from '../../kernel/turns.ts'
import { createSwitchKey, IMAP_PREFIX, type Address } from '../../mail/index.ts'
import { findDirection, type MetMessage } from '../filing/met-message.ts'
import type { FilingAccount } from '../threading/filing-account.ts'
import { addressKey } from '../threading/participants.ts'
import { allOwnAddresses } from './all-own-addresses.ts'
import { isMailOf } from './person.ts'

const CONTEXT = 'erasure_key.sealed'
const KEY_BYTES = 32

/** Seals the key of the hashes with the encryption keys of the installation. */
export interface ErasureSeals {
  seal(secret: Secret, context: string): Sealed
  /**
   * Returns the error if no key will ever open the value.
   *
   * @throws AppError `kernel.key_missing` for a key that only this process lacks
   */
  open(db: Tx | Database['db'], sealed: Sealed, context: string): Promise<Secret | AppError>
}

/** Keeps erased mail, which stays in the mailbox, from being imported again. */
export type ErasedMail = ReturnType<typeof createErasedMail>

export function createErasedMail(seals: ErasureSeals | undefined) {
  /**
   * Key of the hashes; undefined without one, or if no key will ever open it, such as after an admin gave up its encryption
   * key: the hashes are worthless then.
   *
   * @throws AppError `kernel.key_missing` in a process that lacks the encryption key: it must not import erased mail
   */
  async function keyOf(db: Tx | Database['db']): Promise<Buffer | undefined> {
    const row = await db.selectFrom('erasure_key').select(['sealed', 'key_id']).executeTakeFirst()
    if (!row) return undefined
    if (!seals) throw new AppError('kernel.key_missing')
    const opened = await seals.open(db, { sealed: row.sealed, keyId: row.key_id }, CONTEXT)
    return opened instanceof AppError ? undefined : Buffer.from(opened.reveal(), 'base64url')
  }

  /** True if no key will ever open the hashes: erased mail is imported again. */
  async function isLost(db: Database['db']): Promise<boolean> {
    const row = await db.selectFrom('erasure_key').select('key_id').executeTakeFirst()
    return row !== undefined && (await keyOf(db)) === undefined
  }

  async function keyForNew(tx: Tx): Promise<Buffer> {
    const known = await keyOf(tx)
    if (known) return known
    if (!seals) throw new AppError('kernel.key_missing')
    const key = randomBytes(KEY_BYTES)
    const { sealed, keyId } = seals.seal(new Secret(key.toString('base64url')), CONTEXT)
    const values = { sealed, key_id: keyId }
    // Hashes of a lost key match nothing.
    await sql`DELETE FROM erased_addresses`.execute(tx)
    await sql`DELETE FROM erased_messages`.execute(tx)
    await tx
      .insertInto('erasure_key')
      .values(values)
      .onConflict((conflict) => conflict.column('one').doUpdateSet(values))
      .execute()
    return key
  }

  /** Lets sync ignore unknown mail of these addresses received before `at`. Addresses in lower case. */
  async function addAddresses(tx: Tx, addresses: readonly string[], at: Date): Promise<void> {
    const key = await keyForNew(tx)
    const hashes = addresses.map((address) => hashOf(key, `address:${address}`))
    await sql`INSERT INTO erased_addresses (hash, erased_at)
      SELECT hash, ${at}::timestamptz FROM unnest(${hashes}::bytea[]) AS hash
      ON CONFLICT (hash) DO UPDATE SET erased_at = excluded.erased_at
        WHERE erased_addresses.erased_at < excluded.erased_at`.execute(tx)
  }

  /** Remembers messages that are about to be deleted. */
  async function addMessages(tx: Tx, ids: readonly StoredMessageId[]): Promise<void> {
    if (ids.length === 0) return
    const key = await keyForNew(tx)
    const { rows } = await sql<ErasedRow>`
      SELECT message_key AS key, message_id AS "messageId", from_address AS from, remote_id AS "remoteId"
      FROM messages WHERE id = ANY(${ids}::uuid[])`.execute(tx)
    const hashes = rows.flatMap((row) => [hashOfKey(key, row.key), ...switchHash(key, row, protocolOf(row.remoteId))])
    await sql`INSERT INTO erased_messages (hash) SELECT unnest(${hashes}::bytea[]) ON CONFLICT DO NOTHING`.execute(tx)
    await sql`INSERT INTO erased_locations (folder_id, remote_id, received_at)
      SELECT folder_id, place.remote_id, received_at FROM message_locations AS place
      JOIN messages ON messages.id = place.message_id WHERE messages.id = ANY(${ids}::uuid[])
      ON CONFLICT DO NOTHING`.execute(tx)
  }

  /**
   * Finds erased messages among unknown ones, and remembers their places.
   *
   * Cost: nothing as long as no person was erased, which the statement about folders tells; otherwise two statements, and
   * three more for a page with such mail.
   */
  async function findAmong(tx: Tx, account: FilingAccount, met: readonly MetMessage[]): Promise<Set<MetMessage>> {
    const found = new Set<MetMessage>()
    // The place of a message outside of synchronized folders is unknown.
    if (!met.some(({ place }) => place?.hasErasures ?? true)) return found
    const key = await keyOf(tx)
    if (!key) return found
    const unknown = await mapInTurns(met, (one) => hashesOf(key, account, one))
    const hashes = unknown.flatMap(({ keys, people }) => [...keys, ...people.values()])
    const placed = met.flatMap(({ place, message }) => (place ? [{ id: place.id, remoteId: message.remoteId }] : []))
    const { rows } = await sql<{ erased: string; at: Date | null }>`
      SELECT encode(hash, 'hex') AS erased, erased_at AS at FROM erased_addresses WHERE hash = ANY(${hashes}::bytea[])
      UNION ALL SELECT encode(hash, 'hex'), NULL FROM erased_messages WHERE hash = ANY(${hashes}::bytea[])
      UNION ALL SELECT concat(folder_id, ' ', remote_id), NULL FROM erased_locations
        JOIN unnest(${placed.map(({ id }) => id)}::uuid[], ${placed.map((each) => each.remoteId)}::text[])
          AS place (folder_id, remote_id) USING (folder_id, remote_id)`.execute(tx)
    if (rows.length === 0) return found
    const erased = new Map(rows.map(({ erased: each, at }) => [each, at]))
    const own = rows.some(({ at }) => at) ? await allOwnAddresses(tx) : new Set<string>()
    for (const { one, keys, people, direction } of unknown) {
      const { message, place } = one
      const is = {
        person: (each: Address) => {
          const at = erased.get(people.get(addressKey(each))!.toString('hex'))
          return at instanceof Date && message.receivedAt < at
        },
        own: (each: Address) => own.has(addressKey(each)),
      }
      // Another version of Postkey may extract another text of the message, which changes its key.
      const isPlaced = place !== undefined && erased.has(`${place.id} ${message.remoteId}`)
      const isKnown = isPlaced || keys.some((hash) => erased.has(hash.toString('hex')))
      if (isKnown || isMailOf({ ...message, direction }, is)) found.add(one)
    }
    const places = [...found].flatMap(({ place, message }) => (place ? [{ place, message }] : []))
    if (places.length > 0) {
      await sql`INSERT INTO erased_locations (folder_id, remote_id, received_at)
        SELECT * FROM unnest(${places.map(({ place }) => place.id)}::uuid[],
          ${places.map(({ message }) => message.remoteId)}::text[], ${places.map(({ message }) => message.receivedAt)}::timestamptz[])
        ON CONFLICT DO NOTHING`.execute(tx)
    }
    return found
  }

  /** Forgets places that erased mail has left. */
  async function leave(db: Tx | Database['db'], folderId: FolderId, remoteIds: readonly string[]): Promise<void> {
    if (remoteIds.length === 0) return
    await sql`DELETE FROM erased_locations WHERE folder_id = ${folderId} AND remote_id = ANY(${remoteIds}::text[])`.execute(
      db,
    )
  }

  return { addAddresses, addMessages, findAmong, leave, isLost }
}

interface ErasedRow {
  key: Buffer
  messageId: string | null
  from: Address | null
  remoteId: string
}

/** Hashes of an unknown message: of its keys, and of the addresses that `isMailOf` compares with the person. */
function hashesOf(key: Buffer, account: FilingAccount, one: MetMessage) {
  const { message, contentKey } = one
  const { from, to, cc, bcc } = message
  const direction = findDirection(account, one)
  const compared = direction === 'in' ? (from ? [from] : []) : [...to, ...cc, ...bcc]
  const people = new Map(compared.map(addressKey).map((address) => [address, hashOf(key, `address:${address}`)]))
  const other = protocolOf(message.remoteId) === 'imap' ? 'graph' : 'imap'
  const switched = switchHash(key, message, other)
  return { one, direction, people, keys: [hashOfKey(key, one.key), hashOfKey(key, contentKey), ...switched] }
}

/**
 * Hash that recognizes a message of the other protocol, as `createSwitchKey` does. Without a date: the protocols differ in it,
 * and a mailbox that was moved to another server may have another one.
 *
 * @param protocol  that of the erased message
 */
function switchHash(
  key: Buffer,
  { messageId, from }: { messageId?: string | null | undefined; from?: Address | null | undefined },
  protocol: Protocol,
): Buffer[] {
  const switchKey = createSwitchKey({ messageId: messageId ?? undefined, from: from ?? undefined })
  return switchKey === undefined ? [] : [hashOf(key, `switch:${protocol}:${switchKey}`)]
}

type Protocol = 'imap' | 'graph'

function protocolOf(remoteId: string): Protocol {
  return remoteId.startsWith(IMAP_PREFIX) ? 'imap' : 'graph'
}

function hashOf(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

function hashOfKey(key: Buffer, messageKey: Buffer): Buffer {
  return createHmac('sha256', key).update('message:').update(messageKey).digest()
}
