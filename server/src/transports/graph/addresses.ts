import { createGraphClient, type GraphClient, type GraphClientOptions } from './graph-client.ts'
import { asWire, list } from './wire.ts'

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

const MOST = 50

/**
 * Addresses of the organization's people, one page. Requires User.Read.All or similar, which an application for mail
 * may lack: `transports.application_denied` then.
 *
 * @see https://learn.microsoft.com/graph/api/user-list
 */
export async function directoryAddresses(
  options: Omit<GraphClientOptions, 'mailbox' | 'principal'>,
): Promise<string[]> {
  const client = createGraphClient({ ...options, mailbox: 'me', principal: 'application' })
  const url = client.root(`/users?$select=mail&$top=${MOST}`)
  const people = list(asWire(await client.json({ url, lane: 'sync' })), 'value')
  return people.flatMap(({ mail }) => (typeof mail === 'string' && mail !== '' ? mail : []))
}
