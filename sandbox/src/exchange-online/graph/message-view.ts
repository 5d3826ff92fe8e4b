import type { Message } from '../mail-store/index.ts'
import { attachmentJson } from './attachment-json.ts'
import { extendedPropertiesJson } from './extended-properties.ts'
import { GraphError } from './graph-error.ts'
import type { MailCall, MailDeps } from './mail-call.ts'
import { accessDenied } from './mail-permissions.ts'
import { messageJson } from './message-json.ts'
import { type MessageShape, selectShape } from './message-properties.ts'
import { badQuery, type Expansion, type ODataQuery } from './odata-query.ts'

/** Format of messages in one response: its `$select`, `$expand`, preferences and permissions. */
export interface MessageView {
  shape: MessageShape
  needsContent: boolean
  show(message: Message): Record<string, unknown>
}

export function messageView(
  { mailbox, mailboxId, preferences }: Pick<MailCall, 'mailbox' | 'mailboxId' | 'preferences'>,
  { mailStore }: Pick<MailDeps, 'mailStore'>,
  { select, expand }: Pick<ODataQuery, 'select' | 'expand'>,
): MessageView {
  const shape = selectShape(select, mailbox.basicOnly)
  const expansions = expand.map((expansion) => expanderOf(expansion, mailbox.basicOnly))
  const options = { shape, preferences, folderOf: ({ folderId }: Message) => mailStore.folder(mailboxId, folderId) }

  return {
    shape,
    needsContent: shape.needsContent || expansions.length > 0,
    show(message) {
      const json = messageJson(message, options)
      for (const add of expansions) Object.assign(json, add(message))
      return json
    },
  }

  function expanderOf(expansion: Expansion, basicOnly: boolean): (message: Message) => Record<string, unknown> {
    const { property, select: selected, filter } = expansion
    switch (property.toLowerCase()) {
      case 'attachments':
        if (basicOnly) throw accessDenied()
        return ({ key }) => ({ attachments: mailStore.attachments(key).map((each) => attachmentJson(each, selected)) })
      case 'singlevalueextendedproperties': {
        if (basicOnly) throw accessDenied()
        if (filter === undefined) {
          throw badQuery("Expanding singleValueExtendedProperties needs $filter=id eq '{id}'.")
        }
        return (message) => {
          const properties = extendedPropertiesJson(message, filter)
          return properties.length === 0 ? {} : { singleValueExtendedProperties: properties }
        }
      }
      case 'multivalueextendedproperties':
      case 'extensions':
        throw new GraphError(501, 'notSupported', `The sandbox cannot expand '${property}'.`)
      default:
        throw badQuery(
          `Parsing OData Select and Expand failed: Could not find a property named '${property}' on type 'microsoft.graph.message'.`,
        )
    }
  }
}
