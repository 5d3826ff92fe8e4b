/**
 * The baseline of an import: imapflow fetches, postal-mime parses, nothing is stored. Usage: as a child process, with the
 * port and the user as arguments; says when it is through.
 */
import { ImapFlow } from 'imapflow'
import PostalMime from 'postal-mime'

const [port, user] = process.argv.slice(2) as [string, string]
// The library as it is: what of ours stands around it belongs to the other side of the comparison.
// eslint-disable-next-line house/one-imap-client
const client = new ImapFlow({
  host: '127.0.0.1',
  port: Number(port),
  secure: false,
  doSTARTTLS: false,
  auth: { user, pass: 'pw' },
  logger: false,
})
await client.connect()
await client.mailboxOpen('INBOX')
const began = performance.now()
let count = 0
for await (const { source } of client.fetch('1:*', { uid: true, flags: true, internalDate: true, source: true })) {
  await PostalMime.parse(source!)
  count++
}
const ms = performance.now() - began
await client.logout()
const { user: userMicroseconds, system } = process.cpuUsage()
process.send?.({ count, ms, cpuSeconds: (userMicroseconds + system) / 1e6 })
