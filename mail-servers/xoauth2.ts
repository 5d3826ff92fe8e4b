/**
 * Initial client response for `AUTHENTICATE XOAUTH2` or `AUTH XOAUTH2`. Implemented separately from the server's code.
 */
export function xoauth2(user: string, token: string): string {
  return Buffer.from(`user=${user}\x01auth=Bearer ${token}\x01\x01`).toString('base64')
}

/**
 * Initial client response for AUTH PLAIN.
 *
 * @see RFC 4616
 */
export function plain(user: string, password: string): string {
  return Buffer.from(`\0${user}\0${password}`).toString('base64')
}
