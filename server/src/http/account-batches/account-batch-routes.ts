import type { Rooms } from '../rooms.ts'
import type { Route } from '../route.ts'
import { listDirectoryUsers } from './directory-users.ts'
import { downloadFailedRows } from './download.ts'
import {
  cancelAccountBatch,
  createAccountBatch,
  getAccountBatch,
  listAccountBatches,
  listAccountBatchRows,
  previewAccountBatch,
  retryAccountBatch,
} from './manage.ts'

/** Routes that connect many mailboxes, and list those of an organization. */
export function accountBatchRoutes(rooms: Rooms): Route[] {
  return [
    previewAccountBatch(rooms),
    createAccountBatch(rooms),
    listAccountBatches(rooms),
    getAccountBatch(rooms),
    listAccountBatchRows(rooms),
    downloadFailedRows(rooms),
    cancelAccountBatch(rooms),
    retryAccountBatch(rooms),
    listDirectoryUsers(rooms),
  ]
}
