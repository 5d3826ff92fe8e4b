import { setImmediate } from 'node:timers/promises'
import { type Message, type MessageOrder, toPosition } from '../mail-store/index.ts'
import { GraphError } from './graph-error.ts'
import { contextUrl, folderOfPath, type MailCall, type MailDeps, nextLink } from './mail-call.ts'
import { accessDenied } from './mail-permissions.ts'
import { messageView } from './message-view.ts'
import { badQuery, DEFAULT_PAGE, LARGEST_PAGE } from './odata-query.ts'
import { matches } from './search-match.ts'
import { parseSearch } from './search-query.ts'
import { notKnown } from './search-words.ts'

/** @see https://learn.microsoft.com/graph/search-query-parameter#using-search-on-message-collections */
const MOST_RESULTS = 1000
const NEWEST_SENT_FIRST: readonly MessageOrder[] = [{ column: 'sent_at', descending: true }]
/** Messages between two pauses, in which other requests are answered. */
const BATCH = 100

interface SearchToken {
  mailboxId: string
  folderId: string | undefined
  search: string
  after: (string | number)[]
  /** Results on the pages before. */
  given: number
}

/**
 * A page of the messages that match `$search`, by the time at which they were sent, newest first.
 *
 * Unlike Exchange, whose index follows the mailbox with a delay, it finds a message at once. As at Microsoft, the
 * response has no `@odata.count`.
 */
export async function searchMessages(call: MailCall, deps: MailDeps, search: string): Promise<unknown> {
  const { mailStore, tokenSeal } = deps
  const { mailboxId, query, preferences } = call
  refuseOthers(call)
  const folder = folderOfPath(call, mailStore)
  const node = parseSearch(search)
  const view = messageView(call, deps, query)
  const start = query.skipToken === undefined ? undefined : openToken(query.skipToken)
  const given = start?.given ?? 0
  const size = Math.min(query.top ?? preferences.maxPageSize ?? DEFAULT_PAGE, LARGEST_PAGE, MOST_RESULTS - given)

  const found = await find(start?.after, size + 1)
  const page = found.slice(0, size)
  const last = found.length > size && given + size < MOST_RESULTS ? page.at(-1) : undefined
  const suffix = folder ? `mailFolders('${encodeURIComponent(call.params['folder']!)}')/messages` : 'messages'
  return {
    '@odata.context': contextUrl(call, deps, `${suffix}${view.shape.context}`),
    ...(last && { '@odata.nextLink': linkAfter(last) }),
    value: page.map((message) => view.show(message)),
  }

  async function find(from: (string | number)[] | undefined, enough: number): Promise<Message[]> {
    const results: Message[] = []
    for (let after = from; ;) {
      const batch = mailStore.listMessages({
        mailboxId,
        ...(folder && { folderId: folder.id }),
        ...(after && { after }),
        orderBy: NEWEST_SENT_FIRST,
        limit: BATCH,
      })
      results.push(...batch.filter((message) => matches(node, message, mailStore)))
      const [final] = batch.slice(-1)
      if (results.length >= enough || batch.length < BATCH || !final) return results.slice(0, enough)
      after = toPosition(final, NEWEST_SENT_FIRST)
      await setImmediate()
    }
  }

  function linkAfter(message: Message): string {
    const after = toPosition(message, NEWEST_SENT_FIRST)
    const token: SearchToken = { mailboxId, folderId: folder?.id, search, after, given: given + size }
    return nextLink(call, deps, '$skiptoken', tokenSeal.seal('search', token))
  }

  function openToken(sealed: string): SearchToken {
    const opened = tokenSeal.open('search', sealed)
    const token = 'value' in opened ? (opened.value as SearchToken) : undefined
    if (token?.mailboxId === mailboxId && token.folderId === folder?.id && token.search === search) return token
    throw badQuery('The $skiptoken is not valid for this request.')
  }
}

function refuseOthers({ query, mailbox }: MailCall): void {
  // "Does not include permissions to search messages": the description of Mail.ReadBasic.
  if (mailbox.basicOnly) throw accessDenied()
  if (query.filter !== undefined) throw notTogether('SearchWithFilter', '$filter')
  if (query.orderBy.length > 0) throw notTogether('SearchWithOrderBy', '$orderBy')
  if (query.skip !== undefined) throw notKnown('the effect of $skip')
}

/** @see https://github.com/visionik/mogcli/issues/11, an answer of Graph */
function notTogether(code: string, option: string): GraphError {
  return new GraphError(400, code, `The query parameter '${option}' is not supported with '$search'.`)
}
