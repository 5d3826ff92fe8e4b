import { actionParameters } from './action-parameters.ts'
import { GraphError } from './graph-error.ts'
import { JsonBody, requestBodyRead } from './json-body.ts'
import type { MailCall, MailDeps, MailRoute } from './mail-call.ts'

/** Maximum number of ids per request. @see https://learn.microsoft.com/graph/api/user-translateexchangeids */
const MOST_IDS = 1000

const TYPES = ['entryId', 'ewsId', 'immutableEntryId', 'restId', 'restImmutableEntryId'] as const

/** Translates between default and immutable ids. The forms of MAPI and EWS are not supported. */
export function idTranslationRoute({ mailStore }: MailDeps): MailRoute {
  return { method: 'POST', path: '/translateExchangeIds', need: 'translate-ids', handle: translate }

  function translate({ request, mailboxId }: MailCall): unknown {
    const names = ['inputIds', 'sourceIdType', 'targetIdType']
    const body = new JsonBody(actionParameters(request.body, names), 'translateExchangeIdsAction')
    const ids = body.list('inputIds') ?? []
    const [source, target] = [readType(body, 'sourceIdType'), readType(body, 'targetIdType')]
    if (ids.length > MOST_IDS) throw requestBodyRead(`At most ${MOST_IDS} ids can be translated at once.`)
    return { value: ids.map((id) => one(String(id))) }

    function one(sourceId: string): unknown {
      const folder = mailStore.folder(mailboxId, sourceId)
      if (folder?.id === sourceId) return { sourceId, targetId: sourceId }
      const message = mailStore.message(mailboxId, sourceId)
      const given = source === 'restId' ? message?.restId : message?.immutableId
      if (!message || given !== sourceId) {
        return { sourceId, errorDetails: { code: 'ErrorItemNotFound', message: 'The specified object was not found in the store.' } } // prettier-ignore
      }
      return { sourceId, targetId: target === 'restId' ? message.restId : message.immutableId }
    }
  }
}

function readType(body: JsonBody, name: string): (typeof TYPES)[number] {
  const type = body.choice(name, TYPES)
  if (type === undefined) throw requestBodyRead(`The property '${name}' is required.`)
  if (type === 'restId' || type === 'restImmutableEntryId') return type
  throw new GraphError(501, 'notSupported', `The sandbox has no ids of the type '${type}'.`)
}
