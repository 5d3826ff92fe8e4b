/**
 * The baseline of watched mailboxes: imapflow signs in to each, selects INBOX and waits. Usage: as a child process, with
 * the port and the users as arguments; ends when its parent disconnects.
 */
import { ImapFlow } from 'imapflow'

/** Connections that are opened at a time. */
const AT_ONCE = 50
const [port, ...users] = process.argv.slice(2) as [string, ...string[]]
process.on('disconnect', () => process.exit())

async function watch(user: string): Promise<void> {
  // The library as it is: it is the baseline.
  // eslint-disable-next-line house/one-imap-client
  const client = new ImapFlow({
    ...{ host: '127.0.0.1', port: Number(port), secure: false, doSTARTTLS: false, logger: false as const },
    auth: { user, pass: 'pw' },
  })
  client.on('error', () => undefined)
  await client.connect()
  await client.mailboxOpen('INBOX', { readOnly: true })
  void client.idle()
}

await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (let user = users.pop(); user !== undefined; user = users.pop()) await watch(user)
  }),
)
process.send?.({ settled: performance.timeOrigin + performance.now() })
