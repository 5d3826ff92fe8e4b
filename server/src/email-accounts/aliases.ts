import { AppError } from '../kernel/errors.ts'
import type { EmailAccountId } from '../kernel/ids.ts'
import { isSameAddress } from '../mail/index.ts'
import type { MailTransport } from '../transports/index.ts'
import type { Tx } from '../database/index.ts'
import type { AccountChanges } from './account-changes.ts'
import type { EmailAccountsDeps } from './deps.ts'
import type { EmailAccount } from './email-account.ts'
import { refuseSilent } from './states.ts'
import { sendTestMail } from './test-mail.ts'
import type { Alias, AliasTrial, StoredAlias } from './alias.ts'

const MOST = 400

/** Returns all addresses of the mailbox, its own first. */
export function listOwnAddresses({ address, aliases }: Pick<EmailAccount, 'address' | 'aliases'>): string[] {
  return [address, ...aliases.map((alias) => alias.address)]
}

/** Returns the envelope sender that the server accepts for this address; bounces return to it. */
export function chooseEnvelopeSender(
  { address, aliases }: Pick<EmailAccount, 'address' | 'aliases'>,
  from: string,
): string {
  const alias = aliases.find((each) => isSameAddress(each.address, from))
  return alias?.trial?.envelope === 'mailbox' ? address : from
}

/** Returns the addresses that the server reports; undefined if the server does not report any, or access fails. */
export async function aliasesTold({
  ownAddresses,
}: Pick<MailTransport, 'ownAddresses'>): Promise<string[] | undefined> {
  return ownAddresses?.().catch((thrown: unknown) => {
    const error = AppError.from(thrown)
    if (error.remedy === 'bug') throw error
    return undefined
  })
}

/** Serializes the aliases after the server reported its addresses. */
export function storedAliases(now: readonly Alias[], reported: readonly string[], own: string): string {
  return JSON.stringify(withTold(now, reported, own).map(stored))
}

interface AliasesDeps extends Pick<EmailAccountsDeps, 'clock' | 'transports'>, Pick<AccountChanges, 'get' | 'change'> {}

/** Other addresses of a mailbox: reported by the server, or entered and tested. */
export function createAliases({ clock, transports, get, change }: AliasesDeps) {
  /** @throws {AppError} `email_accounts.addresses_untold` if the server does not report them */
  async function readAliases(id: EmailAccountId, actor: string): Promise<EmailAccount> {
    const account = await get(id)
    refuseSilent(account)
    const reported = await toldBy(await transports.open(account))
    return changeAliases(id, actor, (now, held) => withTold(now, reported, held.address))
  }

  async function toldBy({ ownAddresses }: MailTransport): Promise<string[]> {
    if (!ownAddresses) throw new AppError('email_accounts.addresses_untold')
    try {
      return await ownAddresses()
    } catch (thrown) {
      const error = AppError.from(thrown)
      if (error.upstream?.status !== 403) throw error
      throw new AppError('email_accounts.addresses_untold', { cause: error })
    }
  }

  async function addAlias(id: EmailAccountId, address: string, actor: string): Promise<EmailAccount> {
    return changeAliases(id, actor, (now, account) => {
      if (listOwnAddresses(account).some((each) => isSameAddress(each, address))) return now
      if (now.length >= MOST) throw new AppError('email_accounts.too_many_aliases', { field: 'address' })
      return [...now, { address, source: 'admin', trial: undefined }]
    })
  }

  /** Sends a mail from the alias to the mailbox. A refusal is stored and does not throw. */
  async function tryAlias(id: EmailAccountId, address: string, actor: string): Promise<EmailAccount> {
    const account = await get(id)
    refuseSilent(account)
    const alias = account.aliases.find((each) => isSameAddress(each.address, address))
    if (!alias) throw new AppError('email_accounts.address_not_own')
    const trial: AliasTrial = { at: clock.now(), outcome: 'ok' }
    try {
      const { envelope } = await sendTestMail(await transports.open(account), account, clock, alias.address)
      if (!isSameAddress(envelope, alias.address)) trial.envelope = 'mailbox'
    } catch (thrown) {
      // Transient errors and bugs say nothing about permissions.
      if (!(thrown instanceof AppError) || thrown.remedy !== 'admin') throw thrown
      trial.code = thrown.code
      trial.detail = thrown.detail
    }
    return changeAliases(id, actor, (now) =>
      now.map((each) => (isSameAddress(each.address, alias.address) ? { ...each, trial } : each)),
    )
  }

  /** @throws if mail is sent from it */
  async function removeAlias(id: EmailAccountId, address: string, actor: string): Promise<EmailAccount> {
    return changeAliases(id, actor, async (now, _account, tx) => {
      const used = await tx
        .selectFrom('identities')
        .select('id')
        .where('email_account_id', '=', id)
        .where((eb) => eb(eb.fn<string>('lower', ['address']), '=', address.toLowerCase()))
        .executeTakeFirst()
      if (used) throw new AppError('email_accounts.address_in_use')
      return now.filter((each) => !isSameAddress(each.address, address))
    })
  }

  function changeAliases(
    id: EmailAccountId,
    actor: string,
    next: (now: readonly Alias[], account: EmailAccount, tx: Tx) => readonly Alias[] | Promise<readonly Alias[]>,
  ): Promise<EmailAccount> {
    const detail = { changed: ['aliases'] }
    return change(id, { actor, action: 'email_account.changed', detail }, async (tx, account) => {
      const aliases = await next(account.aliases, account, tx)
      await tx
        .updateTable('email_accounts')
        .set({ aliases: JSON.stringify(aliases.map(stored)) })
        .where('id', '=', id)
        .execute()
    })
  }

  return { readAliases, addAlias, tryAlias, removeAlias }
}

/**
 * Merges reported addresses with stored test results. Addresses that are no longer reported are removed, except those
 * entered by an admin, because the server may not know them.
 */
function withTold(now: readonly Alias[], reported: readonly string[], own: string): Alias[] {
  const others = reported.filter((address) => !isSameAddress(address, own))
  const named = others.map((address): Alias => {
    const known = now.find((each) => isSameAddress(each.address, address))
    return { address, source: 'server', trial: known?.trial }
  })
  const entered = now.filter(
    ({ address, source }) => source === 'admin' && !named.some((each) => isSameAddress(each.address, address)),
  )
  // Over the maximum: new addresses are dropped.
  const isNew = ({ address }: Alias) => !now.some((each) => isSameAddress(each.address, address))
  const added = named.filter(isNew)
  const left = new Set(added.slice(Math.max(MOST - entered.length - (named.length - added.length), 0)))
  return [...named.filter((each) => !left.has(each)), ...entered]
}

function stored({ address, source, trial }: Alias): StoredAlias {
  if (!trial) return { address, source }
  const { at, code, detail, envelope } = trial
  return { address, source, trial: { at: at.toISOString(), code, detail, envelope } }
}
