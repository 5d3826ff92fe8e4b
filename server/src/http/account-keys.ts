import type { FastifyRequest } from 'fastify'
import type { EmailAccounts } from '../email-accounts/index.ts'
import { newId } from '../kernel/ids.ts'

/** Short name of a mailbox, such as `SUP`. An id never has this form. */
const KEY = /^[A-Za-z0-9]{1,5}$/
/** Longer lists are refused by their schemas, or have ids. */
const MOST_KEYS = 500
const LISTS = ['emailAccountIds', 'accounts']
/** Objects of a body with these fields: those of a bulk change. */
const NESTED = ['view', 'action']
const OF_ONE_ACCOUNT = '/v1/email-accounts/:id'

type Fields = Record<string, unknown>

/**
 * Replaces keys of mailboxes by their ids in a request, before it is validated: `/v1/email-accounts/SUP`, and the fields
 * `emailAccountId`, `emailAccountIds` and `accounts` of parameters, query and body, also in the `view` and `action` of a bulk
 * change. Cost: one query for all keys, none for ids.
 * An unknown key is like the id of a mailbox that doesn't exist, so that answers don't reveal the keys of others.
 */
export async function replaceAccountKeys(
  { params, query, body }: Pick<FastifyRequest, 'params' | 'query' | 'body'>,
  url: string,
  emailAccounts: Pick<EmailAccounts, 'idsOfKeys'>,
): Promise<void> {
  const nested = isFields(body) ? NESTED.map((name) => body[name]) : []
  const places = [
    ...(url === OF_ONE_ACCOUNT || url.startsWith(`${OF_ONE_ACCOUNT}/`) ? placesIn(params, 'id') : []),
    ...[params, query, body, ...nested].flatMap((part) => [
      ...placesIn(part, 'emailAccountId'),
      ...LISTS.flatMap((name) => placesInList(part, name)),
    ]),
    ...placesInText(query, 'accounts'),
    ...(isFields(body) ? placesIn(body['action'], 'from') : []),
  ]
  if (places.length === 0) return
  const ids = await emailAccounts.idsOfKeys([...new Set(places.map(({ key }) => key.toUpperCase()))])
  for (const { key, put } of places) {
    // An id of nothing: the answer is that for an id that the caller can't see.
    put(ids.get(key.toUpperCase()) ?? newId())
  }
}

interface Place {
  key: string
  put: (id: string) => void
}

function placesInList(part: unknown, name: string): Place[] {
  const list = isFields(part) ? part[name] : undefined
  return Array.isArray(list) && list.length <= MOST_KEYS ? list.flatMap((_, index) => placesIn(list, index)) : []
}

/** Places in a list with commas, as queries have it. */
function placesInText(part: unknown, name: string): Place[] {
  const text = isFields(part) ? part[name] : undefined
  if (typeof text !== 'string') return []
  const list = text.split(',', MOST_KEYS + 1)
  if (list.length > MOST_KEYS) return []
  return list.flatMap((_, index) =>
    placesIn(list, index).map(({ key, put }) => ({
      key,
      put: (id: string) => {
        put(id)
        ;(part as Fields)[name] = list.join(',')
      },
    })),
  )
}

function placesIn(part: unknown, name: string | number): Place[] {
  if (typeof part !== 'object' || part === null) return []
  const fields = part as Record<string | number, unknown>
  const value = fields[name]
  if (typeof value !== 'string' || !KEY.test(value)) return []
  return [{ key: value, put: (id) => void (fields[name] = id) }]
}

function isFields(part: unknown): part is Fields {
  return typeof part === 'object' && part !== null && !Array.isArray(part)
}
