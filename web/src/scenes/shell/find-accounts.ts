import type { EmailAccount } from '../../api/client.ts'

export const MOST_ACCOUNTS = 30

type Named = Pick<EmailAccount, 'id' | 'name' | 'key' | 'address'>

/**
 * Mailboxes for the sidebar: the first ones whose name, key or address has all words. Without words, the active one is
 * among them.
 */
export function findAccounts<T extends Named>(
  accounts: readonly T[],
  wanted: string,
  active: string | undefined,
): { shown: readonly T[]; isMany: boolean; left: number } {
  const isMany = accounts.length > MOST_ACCOUNTS
  if (!isMany) return { shown: accounts, isMany, left: 0 }
  const parts = wanted.toLocaleLowerCase().split(/\s+/).filter(Boolean)
  const found = accounts.filter(({ name, key, address }) => {
    const text = `${name} ${key} ${address}`.toLocaleLowerCase()
    return parts.every((part) => text.includes(part))
  })
  const shown = found.filter(({ id }, index) => index < MOST_ACCOUNTS || (parts.length === 0 && id === active))
  return { shown, isMany, left: found.length - shown.length }
}
