import type { Secret } from '../kernel/secret.ts'

/** Supplies access tokens to a transport, and discards a token that the server refused. */
export interface TokenSource<T> {
  accessToken: () => Promise<T>
  discard: (token: { value: Secret }, claims?: string) => Promise<void>
}

/** Discards only the token issued last: an older one has already been replaced. */
export function createTokenSource<T extends { value: Secret }>(
  get: () => Promise<T>,
  discard: (token: T, claims?: string) => Promise<void>,
): TokenSource<T> {
  let last: T | undefined
  return {
    accessToken: async () => (last = await get()),
    async discard(token, claims) {
      if (last?.value.equals(token.value)) await discard(last, claims)
    },
  }
}
