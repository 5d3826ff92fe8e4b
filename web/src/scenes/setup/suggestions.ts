/** Suggestions derived from the address of a mailbox. */

const SUGGESTED_KEY = 3
const MOST_KEY = 5

/** `SUP` for support@…, and `SUP2` when that is taken. */
export function suggestKey(address: string, taken: readonly string[]): string {
  const letters = localPart(address).replace(/[^a-z0-9]/gi, '')
  const base = letters.slice(0, SUGGESTED_KEY).toUpperCase()
  if (base === '') return ''
  const used = new Set(taken.map((key) => key.toUpperCase()))
  if (!used.has(base)) return base
  for (let number = 2; number < 100; number++) {
    const key = base.slice(0, MOST_KEY - String(number).length) + String(number)
    if (!used.has(key)) return key
  }
  return ''
}

/** `Customer support` for customer.support@… */
export function suggestName(address: string): string {
  const parts = localPart(address)
    .split(/[._-]+/)
    .filter((part) => part !== '')
    .join(' ')
  return parts.charAt(0).toUpperCase() + parts.slice(1)
}

/** Kind of a mailbox: a user's when the address is that of the sign-in, else shared. */
export function likelyKind(address: string, userName: string | undefined): 'user' | 'shared' {
  return address.toLowerCase() === userName?.toLowerCase() ? 'user' : 'shared'
}

export function isAddress(text: string): boolean {
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text.trim())
}

/** Format of Entra ID's ids. A secret in this format was copied from the wrong column. */
export function isEntraId(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text.trim())
}

function localPart(address: string): string {
  return address.split('@')[0] ?? ''
}
