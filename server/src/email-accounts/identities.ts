import { sql, type Selectable } from 'kysely'
import type { Schema, Tx } from '../database/index.ts'
import { createBatches } from '../kernel/batches.ts'
import { AppError } from '../kernel/errors.ts'
import { newId, type EmailAccountId, type IdentityId } from '../kernel/ids.ts'
import { displayHtml, htmlToText, isSameAddress, textToHtml, type Address } from '../mail/index.ts'
import type { AccountChanges } from './account-changes.ts'
import { listOwnAddresses } from './aliases.ts'
import type { EmailAccountsDeps } from './deps.ts'
import type { EmailAccount } from './email-account.ts'

/**
 * Sender name of a mailbox: its From address, its Reply-To address and its signature.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8621#section-6
 */
export interface Identity {
  id: IdentityId
  name: string
  /** Address of the mailbox or one of its aliases. */
  address: string
  replyTo: Address | undefined
  /** Both parts are empty without a signature. The HTML is sanitized. */
  signature: Signature
  isDefault: boolean
  /** True for the identity that every mailbox has and that cannot be removed. */
  isFirst: boolean
}

interface Signature {
  text: string
  html: string
}

export interface IdentityInput {
  name?: string | undefined
  address?: string | undefined
  replyTo?: Address | null | undefined
  /** If only one part is given, the other is derived from it. */
  signature?: { text?: string | undefined; html?: string | undefined } | undefined
  isDefault?: boolean | undefined
}

const MOST = 100
const NO_SIGNATURE: Signature = { text: '', html: '' }

type IdentityRow = Selectable<Schema['identities']>

export type Identities = ReturnType<typeof createIdentities>

interface IdentitiesDeps
  extends Pick<EmailAccountsDeps, 'database' | 'clock'>, Pick<AccountChanges, 'get' | 'change'> {}

export function createIdentities({ database, clock, get, change }: IdentitiesDeps) {
  const { db } = database

  /** Identities of a mailbox: the first identity, then the others in the order of their creation. */
  async function identities(account: EmailAccount, tx?: Tx): Promise<Identity[]> {
    return tx ? read(tx, account) : identitiesOf(account, await readRows(account.id))
  }

  /** Concurrent callers share a read, which starts after their calls. */
  const readRows = createBatches(
    async (ids: readonly EmailAccountId[]) => {
      const rows = await rowsOf(db, [...new Set(ids)])
      const byAccount = Map.groupBy(rows, (row) => row.email_account_id)
      return ids.map((id) => byAccount.get(id) ?? [])
    },
    { gathers: true },
  )

  async function createIdentity(
    id: EmailAccountId,
    input: IdentityInput & { name: string; address: string },
    actor: string,
  ): Promise<Identity> {
    const identityId = newId<IdentityId>()
    await write(id, actor, 'added', async (tx, account) => {
      if ((await read(tx, account)).length >= MOST) throw new AppError('email_accounts.too_many_identities')
      const { name, address, isDefault = false } = input
      const replyTo = input.replyTo ?? undefined
      const { signature = NO_SIGNATURE } = signed(input)
      await save(tx, account, { id: identityId, name, address, replyTo, signature, isDefault, isFirst: false })
    })
    return one(id, identityId)
  }

  async function updateIdentity(
    id: EmailAccountId,
    identityId: IdentityId,
    input: IdentityInput,
    actor: string,
  ): Promise<Identity> {
    await write(id, actor, 'changed', async (tx, account) => {
      const before = pick(await read(tx, account), identityId)
      const { name = before.name, address = before.address, isDefault = before.isDefault } = input
      const replyTo = input.replyTo === undefined ? before.replyTo : (input.replyTo ?? undefined)
      await save(tx, account, { ...before, name, address, isDefault, replyTo, ...signed(input) })
    })
    return one(id, identityId)
  }

  /** Removes an identity. The first identity is reset to the name of the mailbox. */
  async function removeIdentity(id: EmailAccountId, identityId: IdentityId, actor: string): Promise<void> {
    await write(id, actor, 'removed', async (tx, account) => {
      pick(await read(tx, account), identityId)
      await tx.deleteFrom('identities').where('id', '=', identityId).where('email_account_id', '=', id).execute()
    })
  }

  async function write(
    id: EmailAccountId,
    actor: string,
    what: 'added' | 'changed' | 'removed',
    work: (tx: Tx, account: EmailAccount) => Promise<void>,
  ): Promise<void> {
    await change(id, { actor, action: 'email_account.changed', detail: { changed: ['identities'], what } }, work)
  }

  async function save(tx: Tx, account: EmailAccount, identity: Identity): Promise<void> {
    const own = listOwnAddresses(account).find((each) => isSameAddress(each, identity.address))
    if (own === undefined) throw new AppError('email_accounts.address_not_own')
    if (identity.isDefault) {
      await tx
        .updateTable('identities')
        .set({ is_default: false })
        .where('email_account_id', '=', account.id)
        .where('id', '<>', identity.id)
        .execute()
    }
    const columns = {
      name: identity.name,
      address: own,
      reply_to: identity.replyTo ? JSON.stringify(identity.replyTo) : null,
      signature_text: identity.signature.text,
      signature_html: identity.signature.html,
      is_default: identity.isDefault,
    }
    await tx
      .insertInto('identities')
      .values({ id: identity.id, email_account_id: account.id, created_at: clock.now(), ...columns })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(columns))
      .execute()
  }

  async function one(id: EmailAccountId, identityId: IdentityId): Promise<Identity> {
    return pick(await identities(await get(id)), identityId)
  }

  return { identities, createIdentity, updateIdentity, removeIdentity }
}

/**
 * Returns the identity with an id.
 *
 * @throws {AppError} `email_accounts.identity_not_found` also when it belongs to another mailbox
 */
export function pick(identities: readonly Identity[], id: IdentityId): Identity {
  const found = identities.find((each) => each.id === id)
  if (!found) throw new AppError('email_accounts.identity_not_found')
  return found
}

export function findDefault(identities: readonly Identity[]): Identity {
  return identities.find(({ isDefault }) => isDefault) ?? identities[0]!
}

/**
 * Identity for a reply to a message. For incoming mail it is the first recipient address that belongs to an identity.
 * For sent mail it is the identity of the sender address. Otherwise it is the default.
 */
export function identityToAnswer(
  identities: readonly Identity[],
  message: { direction: 'in' | 'out'; from: Address | undefined; to: readonly Address[]; cc: readonly Address[] },
): Identity {
  const { direction, from, to, cc } = message
  const usual = findDefault(identities)
  const usualFirst = [usual, ...identities]
  for (const { address } of direction === 'in' ? [...to, ...cc] : from ? [from] : []) {
    const found = usualFirst.find((each) => isSameAddress(each.address, address))
    if (found) return found
  }
  return usual
}

async function read(db: Pick<Tx, 'selectFrom'>, account: EmailAccount): Promise<Identity[]> {
  return identitiesOf(account, await rowsOf(db, [account.id]))
}

function rowsOf(db: Pick<Tx, 'selectFrom'>, ids: readonly EmailAccountId[]): Promise<IdentityRow[]> {
  return db
    .selectFrom('identities')
    .selectAll()
    .where(sql<boolean>`email_account_id = ANY(${ids}::uuid[])`)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
}

function identitiesOf(account: EmailAccount, rows: readonly IdentityRow[]): Identity[] {
  const firstId = account.id as string as IdentityId
  const stored = rows.map((row) => identityOf(row, firstId))
  const hasDefault = stored.some(({ isDefault }) => isDefault)
  const first = stored.find(({ isFirst }) => isFirst) ?? {
    ...{ id: firstId, name: account.name, address: account.address, replyTo: undefined, signature: NO_SIGNATURE },
    ...{ isDefault: false, isFirst: true },
  }
  return [{ ...first, isDefault: first.isDefault || !hasDefault }, ...stored.filter(({ isFirst }) => !isFirst)]
}

function identityOf(row: IdentityRow, firstId: IdentityId): Identity {
  return {
    id: row.id,
    name: row.name,
    address: row.address,
    replyTo: (row.reply_to as Address | null) ?? undefined,
    signature: { text: row.signature_text, html: row.signature_html },
    isDefault: row.is_default,
    isFirst: row.id === firstId,
  }
}

/** Sanitizes a signature: it contains no active content and no remote resources, both for agents and for recipients. */
function signed({ signature }: IdentityInput): { signature?: Signature } {
  if (!signature) return {}
  const { text = '', html = '' } = signature
  const harmless = displayHtml(html, { resolveCid: () => undefined }).html.trim()
  if (harmless === '') return { signature: { text, html: text.trim() === '' ? '' : textToHtml(text) } }
  return { signature: { text: text.trim() === '' ? htmlToText(harmless) : text, html: harmless } }
}
