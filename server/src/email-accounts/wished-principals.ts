import { AppError } from '../kernel/errors.ts'
import type { EmailAccountId, PrincipalWishId } from '../kernel/ids.ts'
import type { PrincipalWish, PrincipalWishes } from '../tokens/index.ts'
import type { AccountChanges } from './account-changes.ts'
import type { EmailAccount, Preflight } from './email-account.ts'
import type { Lifecycle } from './lifecycle.ts'
import { type PutPrincipal, refuseUnopened } from './principal-change.ts'

interface WishedPrincipalsDeps extends Pick<AccountChanges, 'get'> {
  wishes: PrincipalWishes
  lifecycle: Lifecycle
  put: PutPrincipal
  preflightOfWish: (account: EmailAccount, wish: PrincipalWish) => Promise<Preflight>
}

/** Somebody else signed in and could open a mailbox: tried, accepted or turned down by an admin. */
export function createWishedPrincipals({ wishes, lifecycle, put, get, preflightOfWish }: WishedPrincipalsDeps) {
  /** A wish for another mailbox is none of this one. */
  async function wishFor(id: EmailAccountId, wishId: PrincipalWishId): Promise<PrincipalWish> {
    const wish = await wishes.get(wishId)
    if (wish.emailAccountId !== id) throw new AppError('tokens.wish_not_found')
    return wish
  }

  async function tryWish(id: EmailAccountId, wishId: PrincipalWishId): Promise<Preflight> {
    const wish = await wishFor(id, wishId)
    return preflightOfWish(await get(id), wish)
  }

  async function accept(id: EmailAccountId, wishId: PrincipalWishId, actor: string): Promise<void> {
    const person = await wishFor(id, wishId)
    refuseUnopened(await tryWish(id, wishId))
    await wishes.accept(wishId, async (tx, kept) => {
      const account = await lifecycle.hold(tx, id)
      await put(tx, account, { to: { kind: 'grant', grantId: kept.id }, person, why: 'wished', actor })
    })
  }

  async function dismiss(id: EmailAccountId, wishId: PrincipalWishId, actor: string): Promise<void> {
    await wishFor(id, wishId)
    await wishes.dismiss(wishId, actor)
  }

  return { tryWish, accept, dismiss }
}
