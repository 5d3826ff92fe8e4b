import { type Folder, MailStoreError } from '../mail-store/index.ts'
import { entityFilter } from './entity-filter.ts'
import { FOLDER_PROPERTIES, folderJson, selected } from './folder-json.ts'
import { GraphError } from './graph-error.ts'
import { JsonBody } from './json-body.ts'
import { contextUrl, readDestination, folderOfPath, getFolder, type MailCall, type MailDeps, type MailRoute, malformedId, nextLink } from './mail-call.ts' // prettier-ignore
import { badQuery, DEFAULT_PAGE, type ODataQuery } from './odata-query.ts'

/** Routes for mail folders: lists the tree; copies folders; creates, renames, moves and deletes those that are not well-known. */
export function folderRoutes(deps: MailDeps): MailRoute[] {
  const { mailStore } = deps
  const routes: MailRoute[] = [
    { method: 'GET', path: '/mailFolders', need: 'read-basic', handle: list },
    { method: 'GET', path: '/mailFolders/$count', need: 'read-basic', handle: count },
    { method: 'POST', path: '/mailFolders', need: 'write', handle: create },
  ]
  for (const one of ['/mailFolders/:folder', '/mailFolders/:parent/childFolders/:folder']) {
    routes.push(
      { method: 'GET', path: one, need: 'read-basic', handle: get },
      { method: 'PATCH', path: one, need: 'write', handle: rename },
      { method: 'DELETE', path: one, need: 'write', handle: remove },
      { method: 'GET', path: `${one}/childFolders`, need: 'read-basic', handle: list },
      { method: 'POST', path: `${one}/childFolders`, need: 'write', handle: create },
      { method: 'POST', path: `${one}/move`, need: 'write', handle: move },
      { method: 'POST', path: `${one}/copy`, need: 'write', handle: copy },
    )
  }
  return routes

  function list(call: MailCall): unknown {
    const { query, preferences } = call
    const parent = folderOfPath(call, mailStore)
    const all = visible(call, parent)
    const size = query.top ?? preferences.maxPageSize ?? DEFAULT_PAGE
    const first = query.skip ?? 0
    const page = all.slice(first, first + size)
    const suffix = parent ? `mailFolders('${encodeURIComponent(call.params['folder']!)}')/childFolders` : 'mailFolders'
    return {
      '@odata.context': contextUrl(call, deps, suffix),
      ...(query.count && { '@odata.count': all.length }),
      ...(first + size < all.length && { '@odata.nextLink': nextLink(call, deps, '$skip', String(first + size)) }),
      value: page.map((folder) => show(folder, query)),
    }
  }

  function count(call: MailCall): unknown {
    void call.reply.type('text/plain')
    return String(visible(call, undefined).length)
  }

  function visible({ mailboxId, query }: MailCall, parent: Folder | undefined): Folder[] {
    for (const { property } of query.orderBy) {
      if (property.toLowerCase() !== 'displayname') {
        throw new GraphError(501, 'notSupported', `The sandbox cannot sort folders by '${property}'.`)
      }
    }
    const withHidden = query.custom.get('includehiddenfolders')?.toLowerCase() === 'true'
    const matches = entityFilter(query.filter, 'mailFolder', FOLDER_PROPERTIES)
    const found = mailStore
      .listFolders(mailboxId, parent?.id)
      .filter((folder) => withHidden || !folder.isHidden)
      .filter((folder) => query.filter === undefined || matches(folderJson(folder, mailStore.countsOf(folder.id))))
    return query.orderBy[0]?.descending ? found.toReversed() : found
  }

  function show(folder: Folder, { select, expand }: Pick<ODataQuery, 'select' | 'expand'>): Record<string, unknown> {
    const json = selected(folderJson(folder, mailStore.countsOf(folder.id)), select, 'mailFolder', FOLDER_PROPERTIES)
    for (const { property, select: childSelect } of expand) {
      if (property.toLowerCase() !== 'childfolders') {
        throw badQuery(
          `Parsing OData Select and Expand failed: Could not find a property named '${property}' on type 'microsoft.graph.mailFolder'.`,
        )
      }
      json['childFolders'] = mailStore
        .listFolders(folder.mailboxId, folder.id)
        .filter(({ isHidden }) => !isHidden)
        .map((child) => show(child, { select: childSelect, expand: [] }))
    }
    return json
  }

  function get(call: MailCall): unknown {
    return entity(call, folderOfPath(call, mailStore)!)
  }

  function entity(call: MailCall, folder: Folder): unknown {
    return { '@odata.context': contextUrl(call, deps, 'mailFolders/$entity'), ...show(folder, call.query) }
  }

  function create(call: MailCall): unknown {
    const parent = folderOfPath(call, mailStore) ?? mailStore.wellKnownFolder(call.mailboxId, 'msgfolderroot')
    const body = readFolder(call)
    const isHidden = body.boolean('isHidden') ?? false
    const folder = mailStore.addFolder(call.mailboxId, parent.id, body.text('displayName') ?? '', { isHidden })
    void call.reply.code(201)
    return entity(call, folder)
  }

  function rename(call: MailCall): unknown {
    const folder = folderOfPath(call, mailStore)!
    const displayName = readFolder(call).text('displayName')
    if (displayName !== undefined && displayName !== folder.displayName) mailStore.renameFolder(folder.id, displayName)
    return entity(call, mailStore.folder(call.mailboxId, folder.id)!)
  }

  /**
   * Moves a folder with its content to Deleted Items. Deletes it permanently when it is already there, or when a folder
   * of that name is.
   */
  function remove(call: MailCall): unknown {
    const folder = folderOfPath(call, mailStore)!
    if (folder.wellKnownName) {
      throw new GraphError(403, 'ErrorDeleteDistinguishedFolder', 'Distinguished folders cannot be deleted.')
    }
    const deleted = mailStore.wellKnownFolder(call.mailboxId, 'deleteditems')
    if (isBelow(folder, deleted)) mailStore.removeFolder(folder.id)
    else {
      try {
        mailStore.moveFolder(folder.id, deleted.id)
      } catch (error) {
        if (!(error instanceof MailStoreError) || error.refusal !== 'folder-exists') throw error
        mailStore.removeFolder(folder.id)
      }
    }
    return call.reply.code(204).send()
  }

  function move(call: MailCall): unknown {
    const folder = folderOfPath(call, mailStore)!
    const destinationId = readDestination(call) ?? ''
    if (destinationId === '') throw malformedId()
    if (folder.wellKnownName) {
      throw new GraphError(403, 'ErrorMoveDistinguishedFolder', 'Distinguished folders cannot be moved.')
    }
    mailStore.moveFolder(folder.id, getFolder(call, mailStore, destinationId).id)
    void call.reply.code(201)
    return entity(call, mailStore.folder(call.mailboxId, folder.id)!)
  }

  /**
   * Copies a folder with its messages and the folders below it.
   *
   * Unconfirmed: the status, which is the documented one. For `copy` of a message it is 201.
   *
   * @see https://learn.microsoft.com/graph/api/mailfolder-copy
   */
  function copy(call: MailCall): unknown {
    const folder = folderOfPath(call, mailStore)!
    const destinationId = readDestination(call) ?? ''
    if (destinationId === '') throw malformedId()
    return entity(call, mailStore.copyFolder(folder.id, getFolder(call, mailStore, destinationId).id))
  }

  function isBelow(folder: Folder, ancestor: Folder): boolean {
    for (let at: Folder | undefined = folder; at?.parentFolderId !== undefined;) {
      if (at.parentFolderId === ancestor.id) return true
      at = mailStore.folder(folder.mailboxId, at.parentFolderId)
    }
    return false
  }
}

function readFolder({ request }: MailCall): JsonBody {
  const body = new JsonBody(request.body, 'mailFolder')
  body.allowOnly(FOLDER_PROPERTIES)
  return body
}
