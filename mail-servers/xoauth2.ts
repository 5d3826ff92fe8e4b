/** What a client sends after `AUTHENTICATE XOAUTH2` or `AUTH XOAUTH2`; the tests' own words, not those of the server. */
export function xoauth2(user: string, token: string): string {
  return Buffer.from(`user=${user}\x01auth=Bearer ${token}\x01\x01`).toString('base64')
}

/** RFC 4616, for AUTH PLAIN. */
export function plain(user: string, password: string): string {
  return Buffer.from(`\0${user}\0${password}`).toString('base64')
}
