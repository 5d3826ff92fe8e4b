import { useState } from 'react'

/**
 * Token after the # of a link. It is removed from the address immediately, so that it appears neither on the screen nor
 * in the history, and is kept for a reload of this tab.
 */
export function useLinkToken(page: string): string | undefined {
  const [token] = useState(() => {
    const storageKey = `link:${page}`
    const fromAddress = location.hash.slice(1)
    if (fromAddress !== '') {
      sessionStorage.setItem(storageKey, fromAddress)
      history.replaceState(history.state, '', location.pathname)
    }
    return fromAddress || sessionStorage.getItem(storageKey) || undefined
  })
  return token
}

/** Deletes the token of a used link. */
export function forgetLinkToken(page: string): void {
  sessionStorage.removeItem(`link:${page}`)
}
