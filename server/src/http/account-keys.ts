import type { FastifyRequest } from 'fastify'
import type { EmailAccounts } from '../email-accounts/index.ts'
import { AppError } from '../kernel/errors.ts'

/** Short name of a mailbox, such as `SUP`. An id never has this form. */
const KEY = /^[A-Za-z0-9]{1,5}$/
const OF_ONE_ACCOUNT = '/v1/email-accounts/:id'

type Fields = Record<string, unknown>

/**
 * Replaces keys of mailboxes by their ids in a request, before it is validated: `/v1/email-accounts/SUP`, and the fields
 * `emailAccountId` and `emailAccountIds` of parameters, query and body. Cost: one query for all keys, none for ids.
 *
 * @throws AppError `http.not_found` for an unknown key, like for an id that the caller can't see
 */
export async function replaceAccountKeys(
  { params, query, body }: Pick<FastifyRequest, 'params' | 'query' | 'body'>,
  url: string,
  emailAccounts: Pick<EmailAccounts, 'idsOfKeys'>,
): Promise<void> {
  const places = [
    ...(url === OF_ONE_ACCOUNT || url.startsWith(`${OF_ONE_ACCOUNT}/`) ? placesIn(params, 'id') : []),
    ...[params, query, body].flatMap((part) => [
      ...placesIn(part, 'emailAccountId'),
      ...(isFields(part) && Array.isArray(part.emailAccountIds)
        ? part.emailAccountIds.flatMap((_, index) => placesIn(part.emailAccountIds, index))
        : []),
    ]),
  ]
  if (places.length === 0) return
  const ids = await emailAccounts.idsOfKeys([...new Set(places.map(({ key }) => key.toUpperCase()))])
  for (const { key, put } of places) {
    const id = ids.get(key.toUpperCase())
    if (id === undefined) throw new AppError('http.not_found')
    put(id)
  }
}

function placesIn(part: unknown, name: string | number): { key: string; put: (id: string) => void }[] {
  if (typeof part !== 'object' || part === null) return []
  const fields = part as Record<string | number, unknown>
  const value = fields[name]
  if (typeof value !== 'string' || !KEY.test(value)) return []
  return [{ key: value, put: (id) => void (fields[name] = id) }]
}

function isFields(part: unknown): part is Fields {
  return typeof part === 'object' && part !== null && !Array.isArray(part)
}
