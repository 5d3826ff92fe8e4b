import type { GraphClient } from './graph-client.ts'
import { asWire } from './wire.ts'

/**
 * All addresses of the mailbox: `mail`, and the mail addresses in `proxyAddresses` (`SMTP:` for the primary one,
 * `smtp:` for others). People can read their own with User.Read. Other mailboxes require User.Read.All, which a
 * delegate or an application for mail may lack.
 *
 * @see https://learn.microsoft.com/graph/api/resources/user
 */
export async function mailboxAddresses(client: GraphClient): Promise<string[]> {
  const { mail, proxyAddresses } = asWire(
    await client.json({ url: client.mailbox('?$select=mail,proxyAddresses'), lane: 'sync' }),
  )
  const proxies = Array.isArray(proxyAddresses) ? proxyAddresses.filter((each) => typeof each === 'string') : []
  const forMail = proxies.filter((each) => /^smtp:/i.test(each)).map((each) => each.slice('smtp:'.length))
  const all = [...(typeof mail === 'string' ? [mail] : []), ...forMail]
  return [...new Map(all.map((each) => [each.toLowerCase(), each])).values()]
}
