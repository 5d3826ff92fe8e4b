import type { Selectable } from 'kysely'
import type { Database, Schema, Tx } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { DialGuard } from '../kernel/dial-guard.ts'
import { AppError } from '../kernel/errors.ts'
import type { KeyRing } from '../kernel/key-ring.ts'
import type { Secret } from '../kernel/secret.ts'
import { parseCertificates } from '../kernel/pem.ts'
import { isAddress } from '../mail/index.ts'
import type { NewRelay, Relay, RelaySettings } from './alert.ts'
import type { AuditLog } from '../audit/index.ts'
import { toRelay } from './rows.ts'

const PORTS: readonly number[] = [25, 465, 587, 2525]
const PASSWORD_CONTEXT = 'alert_relay.sealed'

export interface RelayWithPassword extends RelaySettings {
  password: Secret | undefined
}

export type RelayKeeping = ReturnType<typeof createRelayKeeping>

/** The SMTP relay for alerts; at most one. */
export function createRelayKeeping(deps: {
  database: Database
  clock: Clock
  keyRing: KeyRing
  dialGuard: DialGuard
  audit: AuditLog
}) {
  const { database, clock, keyRing, dialGuard, audit } = deps

  async function rowOf(tx: Database['db'] | Tx = database.db): Promise<Selectable<Schema['alert_relay']> | undefined> {
    return tx.selectFrom('alert_relay').selectAll().executeTakeFirst()
  }

  async function find(): Promise<Relay | undefined> {
    const row = await rowOf()
    return row && toRelay(row)
  }

  /** Returns the relay with its password, for sending. */
  async function open(): Promise<RelayWithPassword | undefined> {
    const row = await rowOf()
    if (!row) return undefined
    const { sealed, key_id: keyId } = row
    const password = sealed && keyId !== null ? keyRing.open({ sealed, keyId }, PASSWORD_CONTEXT) : undefined
    return { ...toRelay(row), password }
  }

  /** Saves the relay. A change of settings resets its test. */
  async function save(input: NewRelay, actor: string): Promise<Relay> {
    checkFields(input)
    await refuseWatched(input)
    return database.transaction(async (tx) => {
      const before = await tx.selectFrom('alert_relay').selectAll().forUpdate().executeTakeFirst()
      const { sealed, keyId } = input.password
        ? keyRing.seal(input.password, PASSWORD_CONTEXT)
        : (keptPassword(before, input) ?? { sealed: null, keyId: null })
      const values = {
        host: input.host,
        port: input.port,
        security: input.security,
        ca: input.ca ?? null,
        user_name: input.userName ?? null,
        sealed,
        key_id: keyId,
        from_address: input.from,
        changed_at: clock.now(),
        ...NOT_TESTED,
      }
      const row = await tx
        .insertInto('alert_relay')
        .values(values)
        .onConflict((conflict) => conflict.column('one').doUpdateSet(values))
        .returningAll()
        .executeTakeFirstOrThrow()
      const { host, port, security, from, userName } = input
      const detail = { host, port, security, from, userName: userName ?? null }
      await audit.record(tx, { actor, action: 'alert_relay.changed', subject: 'relay', detail })
      return toRelay(row)
    })
  }

  async function remove(actor: string): Promise<void> {
    await database.transaction(async (tx) => {
      const { numDeletedRows } = await tx.deleteFrom('alert_relay').executeTakeFirst()
      if (numDeletedRows > 0n) await audit.record(tx, { actor, action: 'alert_relay.removed', subject: 'relay' })
    })
  }

  function checkFields({ host, port, security, from, ca, userName, password }: NewRelay): void {
    const isOurs = dialGuard.isDeclared(host, port)
    if (!/^[\w.:-]{1,253}$/.test(host)) throw invalid('relay.host', 'A name or an address, without a port.')
    dialGuard.refusePrivate(host, port, 'relay.host')
    if (!PORTS.includes(port) && !isOurs) throw invalid('relay.port', `One of ${PORTS.join(', ')}.`)
    if (security === 'none' && !isOurs) {
      throw invalid('relay.security', 'TLS or STARTTLS, for a relay outside of your own network.')
    }
    if (!isAddress(from)) throw invalid('relay.from', 'An email address.')
    if (ca !== undefined && parseCertificates(ca).length === 0) {
      throw invalid('relay.ca', 'One or more whole certificates in PEM: -----BEGIN CERTIFICATE----- …')
    }
    if (password && userName === undefined) throw invalid('relay.userName', 'The user to whom the password belongs.')
  }

  async function refuseWatched({ from, userName = '' }: NewRelay): Promise<void> {
    if ((await watched([from, userName])).length > 0) throw new AppError('alerts.relay_is_watched')
  }

  /** Returns those of the addresses that are monitored mailboxes. */
  async function watched(addresses: readonly string[]): Promise<string[]> {
    const wanted = addresses.map((address) => address.toLowerCase()).filter((address) => address !== '')
    if (wanted.length === 0) return []
    const rows = await database.db
      .selectFrom('email_accounts')
      .select('address')
      .where(({ fn }) => fn<string>('lower', ['address']), 'in', wanted)
      .execute()
    return rows.map(({ address }) => address)
  }

  return { find, open, save, remove, watched, rowOf }
}

const NOT_TESTED = {
  test_id: null,
  test_to: null,
  test_code_hash: null,
  test_tries: 0,
  test_sent_at: null,
  tested_at: null,
  tested_how: null,
  test_reason: null,
  test_answer: null,
} as const

/** A password is sent only to the relay it was entered for. */
function keptPassword(before: Selectable<Schema['alert_relay']> | undefined, input: NewRelay) {
  if (!before?.sealed || before.key_id === null || input.userName === undefined) return undefined
  const isSame =
    before.host === input.host &&
    before.port === input.port &&
    before.user_name === input.userName &&
    !(before.security !== 'none' && input.security === 'none')
  if (!isSame) throw invalid('relay.password', 'The password once more, because host, port, user or security changed.')
  return { sealed: before.sealed, keyId: before.key_id }
}

function invalid(field: string, detail: string): AppError {
  return new AppError('alerts.settings_invalid', { field, detail })
}
