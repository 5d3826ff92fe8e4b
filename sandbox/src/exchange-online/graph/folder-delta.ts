import { randomUUID } from 'node:crypto'
import type { Folder } from '../mail-store/index.ts'
import { checkDeltaLink, openDeltaToken, syncStateNotFound } from './delta-token.ts'
import { FOLDER_PROPERTIES, folderJson, selected } from './folder-json.ts'
import { GraphError } from './graph-error.ts'
import type { MailCall, MailDeps, MailRoute } from './mail-call.ts'
import { DEFAULT_PAGE, LARGEST_PAGE } from './odata-query.ts'

interface FolderDeltaState {
  mailboxId: string
  select: readonly string[] | undefined
  /** State of the client at the start of the round: a stored round, or empty. */
  known: string | undefined
  /** State of the client at the end of the round. */
  target: string
  /** Number of differences already returned. */
  read: number
  /** Time at which the link was created; `undefined` in links of older sandbox versions. */
  madeAt?: number
}

type Snapshot = Record<string, Record<string, unknown>>

/** Number of requests per mailbox for which rounds are stored; an older link gets 410. */
const KEPT_ROUNDS = 200

const TABLE = `
  CREATE TABLE IF NOT EXISTS graph_folder_rounds (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, mailbox_id TEXT NOT NULL, snapshot TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS graph_folder_rounds_mailbox ON graph_folder_rounds (mailbox_id, number);`

/**
 * Delta of a mailbox's folders: all levels, without hidden folders. A round compares two snapshots of the tree, which
 * are stored with its links.
 *
 * @see https://learn.microsoft.com/graph/api/mailfolder-delta
 */
export function folderDeltaRoutes(deps: MailDeps): MailRoute[] {
  const { database, mailStore, tokenSeal, graph, clock, faults } = deps
  database.addTables(TABLE)
  return [{ method: 'GET', path: '/mailFolders/delta', need: 'read-basic', handle: delta }]

  function delta(call: MailCall): unknown {
    const { mailboxId, query, preferences } = call
    const url = `${graph}/v1.0/${call.mailbox.path}/mailFolders/delta`
    const state = stateOf(call, url)
    const known = state.known === undefined ? {} : load(state.known, mailboxId, url)
    const target = load(state.target, mailboxId, url)

    const all = differences(known, target, state.select)
    const size = Math.min(query.top ?? preferences.maxPageSize ?? DEFAULT_PAGE, LARGEST_PAGE)
    const read = state.read + size
    const madeAt = clock.now().getTime()
    const seal = (next: FolderDeltaState) => tokenSeal.seal('folder-delta', next)
    const link =
      read < all.length
        ? { '@odata.nextLink': `${url}?$skiptoken=${seal({ ...state, read, madeAt })}` }
        : { '@odata.deltaLink': `${url}?$deltatoken=${seal({ ...state, known: state.target, read: 0, madeAt })}` }
    return {
      '@odata.context': `${graph}/v1.0/$metadata#Collection(mailFolder)`,
      ...link,
      value: all.slice(state.read, read),
    }
  }

  function stateOf({ mailboxId, query, request }: MailCall, url: string): FolderDeltaState {
    const state = openDeltaToken(query, tokenSeal, 'folder-delta', url) as FolderDeltaState | undefined
    if (!state) {
      if (
        query.filter !== undefined ||
        query.orderBy.length > 0 ||
        query.expand.length > 0 ||
        query.skip !== undefined
      ) {
        throw new GraphError(
          400,
          'ErrorInvalidUrlQuery',
          "Only $select and $top are supported with change tracking over the 'MailFolders' resource.",
        )
      }
      selected({}, query.select, 'mailFolder', FOLDER_PROPERTIES)
      return { mailboxId, select: query.select, known: undefined, target: picture(mailboxId), read: 0 }
    }
    checkDeltaLink(faults, { ...request.subject, bornAt: state.madeAt ?? 0 }, url)
    if (state.mailboxId !== mailboxId) throw syncStateNotFound(url)
    return query.deltaToken === undefined ? state : { ...state, target: picture(mailboxId) }
  }

  /** Stores a snapshot of the tree. */
  function picture(mailboxId: string): string {
    const snapshot: Snapshot = {}
    const visit = (parent?: Folder): void => {
      for (const folder of mailStore.listFolders(mailboxId, parent?.id)) {
        if (folder.isHidden) continue
        snapshot[folder.id] = folderJson(folder, mailStore.countsOf(folder.id))
        visit(folder)
      }
    }
    visit()
    const id = randomUUID()
    database.run(
      'INSERT INTO graph_folder_rounds (id, mailbox_id, snapshot) VALUES (?, ?, ?)',
      id,
      mailboxId,
      JSON.stringify(snapshot),
    )
    database.run(
      `DELETE FROM graph_folder_rounds WHERE mailbox_id = ? AND number <=
         (SELECT number FROM graph_folder_rounds WHERE mailbox_id = ? ORDER BY number DESC LIMIT 1 OFFSET ?)`,
      mailboxId,
      mailboxId,
      KEPT_ROUNDS,
    )
    return id
  }

  function load(id: string, mailboxId: string, url: string): Snapshot {
    const row = database.get<{ snapshot: string }>(
      'SELECT snapshot FROM graph_folder_rounds WHERE id = ? AND mailbox_id = ?',
      id,
      mailboxId,
    )
    if (!row) throw syncStateNotFound(url)
    return JSON.parse(row.snapshot) as Snapshot
  }
}

function differences(known: Snapshot, target: Snapshot, select: readonly string[] | undefined): unknown[] {
  const changed = Object.entries(target)
    .filter(([id, folder]) => JSON.stringify(known[id]) !== JSON.stringify(folder))
    .map(([, folder]) => ({
      '@odata.type': '#microsoft.graph.mailFolder',
      ...selected(folder, select, 'mailFolder', FOLDER_PROPERTIES),
    }))
  const removed = Object.keys(known)
    .filter((id) => !(id in target))
    .map((id) => ({ '@odata.type': '#microsoft.graph.mailFolder', id, '@removed': { reason: 'deleted' } }))
  return [...changed, ...removed]
}
