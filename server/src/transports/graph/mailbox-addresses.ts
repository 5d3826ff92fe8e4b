import type { GraphClient } from './graph-client.ts'
import { asWire } from './wire.ts'

/**
 * All addresses of the mailbox: `mail`, and those of `proxyAddresses` that are for mail (`SMTP:` the first, `smtp:` the
 * others). Of themselves people may ask with User.Read; of other mailboxes it takes User.Read.All, which neither a
 * delegate nor an application for mail need have.
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
