/** Storage key of the last mailbox used for a new message. */
const STORED_AS = 'postkey.lastEmailAccount'

export function rememberAccount(emailAccountId: string): void {
  localStorage.setItem(STORED_AS, emailAccountId)
}

/**
 * Mailbox of a new message: the shown one, the only one, or the last one used.
 *
 * @returns undefined when the writer has to choose
 */
export function accountFor(accounts: readonly { id: string }[], shown: string | undefined): string | undefined {
  const isThere = (wanted: string | null | undefined) => accounts.some(({ id }) => id === wanted)
  if (isThere(shown)) return shown
  if (accounts.length === 1) return accounts[0]!.id
  const last = localStorage.getItem(STORED_AS)
  return last !== null && isThere(last) ? last : undefined
}
