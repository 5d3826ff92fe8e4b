/** The mailbox of the last new message, kept in this browser. */
const STORED_AS = 'postkey.lastEmailAccount'

export function rememberAccount(emailAccountId: string): void {
  localStorage.setItem(STORED_AS, emailAccountId)
}

/**
 * From which mailbox a new message goes out: the one that the list shows, the only one, or the last one used.
 *
 * @returns undefined when only the writer can tell
 */
export function accountFor(accounts: readonly { id: string }[], shown: string | undefined): string | undefined {
  const isThere = (wanted: string | null | undefined) => accounts.some(({ id }) => id === wanted)
  if (isThere(shown)) return shown
  if (accounts.length === 1) return accounts[0]!.id
  const last = localStorage.getItem(STORED_AS)
  return last !== null && isThere(last) ? last : undefined
}
