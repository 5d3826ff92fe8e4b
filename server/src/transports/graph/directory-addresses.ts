import { createGraphClient, type GraphClientOptions } from './graph-client.ts'
import { asWire, list } from './wire.ts'

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
