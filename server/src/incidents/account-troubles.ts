import { AppError, fillText } from '../kernel/errors.ts'
import type { TroubledAccount } from './failure-causes.ts'
import type { AccountStateNow, LostFolderNow } from './sources.ts'
import { TEXTS } from './texts.ts'

const FOLDER_GONE = new AppError('email_accounts.folder_gone').code
const TROUBLED: readonly string[] = ['degraded', 'needs-sign-in', 'needs-admin']

export function isTroubled({ state, reason }: { state: string; reason: string | undefined }): boolean {
  return reason !== undefined && TROUBLED.includes(state)
}

export function toTroubledAccount(
  { id, name, address, cloudProviderId, mailServer, grantId, tenantId }: AccountStateNow,
  failure: Pick<TroubledAccount, 'code' | 'since' | 'detail'>,
): TroubledAccount {
  return { id, name, address, cloudProviderId, mailServer, grantId, tenantId, ...failure }
}

/** The trouble of an account that is read except for folders that disappeared or are refused. */
export function describeLostFolders(folders: readonly LostFolderNow[]) {
  const namesOf = (some: readonly LostFolderNow[]) => [...new Set(some.map(({ name }) => name))].join(', ')
  const gone = namesOf(folders.filter(({ isRefused }) => !isRefused))
  const refused = namesOf(folders.filter(({ isRefused }) => isRefused))
  const sentences = [
    gone && fillText(TEXTS.foldersGone, { folders: gone }),
    refused && fillText(TEXTS.foldersRefused, { folders: refused }),
  ]
  return {
    code: FOLDER_GONE,
    detail: sentences.filter(Boolean).join(' '),
    since: new Date(Math.min(...folders.map(({ at }) => Date.parse(at)))),
  }
}
