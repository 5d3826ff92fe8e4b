import { AppError } from '../../kernel/errors.ts'
import { createGraphClient, type GraphClientOptions } from './graph-client.ts'
import { asWire, list } from './wire.ts'

/** A user of an organization with a mail address. Graph doesn't tell shared mailboxes from those of people. */
export interface DirectoryUser {
  address: string
  name: string
}

export interface DirectoryUsers {
  users: DirectoryUser[]
  /** Position of the next page. */
  next: string | undefined
}

export interface WantedUsers {
  /** Beginning of a name or an address. */
  search?: string | undefined
  /** Position from the previous page, which also decides its size. */
  next?: string | undefined
  limit: number
}

const FIELDS = 'displayName,mail,userPrincipalName'
/** Part of the user name of guests, whose mailboxes are in other organizations. */
const GUEST = '#EXT#'

/**
 * Lists users of an organization with a mail address, one page in the order of Graph. Requires User.ReadBasic.All or
 * User.Read.All, which an application for mail may lack: `transports.application_denied` then.

 * @see https://learn.microsoft.com/graph/api/user-list
 */
export async function directoryUsers(
  options: Omit<GraphClientOptions, 'mailbox' | 'principal'>,
  { search, next, limit }: WantedUsers,
): Promise<DirectoryUsers> {
  const client = createGraphClient({ ...options, mailbox: 'me', principal: 'application' })
  const url = next === undefined ? firstPage(client.root('/users'), search, limit) : pageAt(client.root('/users'), next)
  const page = asWire(await client.json({ url, lane: 'sync' }))
  const users = list(page, 'value').flatMap(({ displayName, mail, userPrincipalName }): DirectoryUser[] => {
    if (typeof mail !== 'string' || mail === '') return []
    if (typeof userPrincipalName === 'string' && userPrincipalName.toUpperCase().includes(GUEST)) return []
    return [{ address: mail, name: typeof displayName === 'string' && displayName !== '' ? displayName : mail }]
  })
  const link = page['@odata.nextLink']
  return { users, next: typeof link === 'string' ? Buffer.from(link).toString('base64url') : undefined }
}

function firstPage(root: string, search: string | undefined, limit: number): string {
  const url = new URL(root)
  url.searchParams.set('$select', FIELDS)
  url.searchParams.set('$top', String(limit))
  if (search !== undefined && search !== '') {
    const text = `'${search.replaceAll("'", "''")}'`
    const filter = ['displayName', 'mail', 'userPrincipalName']
      .map((name) => `startswith(${name},${text})`)
      .join(' or ')
    url.searchParams.set('$filter', filter)
  }
  return url.href
}

/** A position comes back from a client, so it may only lead to another page of this list. */
function pageAt(root: string, next: string): string {
  const url = URL.parse(Buffer.from(next, 'base64url').toString())
  const list = new URL(root)
  if (url?.origin !== list.origin || url.pathname !== list.pathname || url.username !== '' || url.password !== '') {
    throw new AppError('cloud_providers.position_unknown', { field: 'after' })
  }
  return url.href
}
