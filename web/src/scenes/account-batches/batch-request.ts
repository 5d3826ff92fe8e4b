import type { GetCloudProvidersResponse, GetGrantsResponse, PostAccountBatchesData } from '../../api/client.ts'
import { words } from '../../words/index.ts'

type Body = NonNullable<PostAccountBatchesData['body']>

/** Application or sign-in that can open several mailboxes. */
export interface Opener {
  /** Value of the choice. */
  id: string
  label: string
  kind: 'application' | 'grant'
  cloudProviderId: string
  grantId: string | undefined
}

export interface BatchRequest {
  opener: Opener
  source: 'csv' | 'directory'
  csv: string
  /** Names of the picked users by address. */
  picked: Readonly<Record<string, string>>
  kind: 'shared' | 'user'
  contact: string
  /** Absent: the default of the server. */
  importDays: number | undefined
  memberIds: string[]
}

const IMPORT_DAYS = 30

export function blankRequest(contact: string, opener: Opener): BatchRequest {
  return {
    ...{ opener, contact, source: 'csv', csv: '', picked: {}, kind: 'shared' },
    ...{ importDays: IMPORT_DAYS, memberIds: [] },
  }
}

/** Applications first, because no user has to stay for them. A personal account opens no other mailbox. */
export function openersOf(
  providers: GetCloudProvidersResponse['cloudProviders'],
  grants: GetGrantsResponse['grants'],
): Opener[] {
  const text = words.accountBatches
  const applications = providers.flatMap(({ id, name, application }): Opener[] =>
    application === undefined
      ? []
      : [{ id, label: text.byApplication(name), kind: 'application', cloudProviderId: id, grantId: undefined }],
  )
  const signIns = grants.flatMap(({ id, userName, cloudProviderId, isPersonal }): Opener[] =>
    isPersonal ? [] : [{ id, label: text.byGrant(userName), kind: 'grant', cloudProviderId, grantId: id }],
  )
  return [...applications, ...signIns]
}

/** Changes where the mailboxes come from. Most users of an organization are people, most lists are of shared mailboxes. */
export function withSource(request: BatchRequest, source: BatchRequest['source']): BatchRequest {
  return { ...request, source, kind: source === 'directory' ? 'user' : 'shared' }
}

/** The request as the API takes it. */
export function toBody({ opener, source, csv, picked, kind, contact, importDays, memberIds }: BatchRequest): Body {
  const { cloudProviderId, grantId } = opener
  return {
    ...(grantId === undefined ? { applicationOf: { cloudProviderId } } : { grantId }),
    ...(source === 'csv' ? { csv } : { rows: Object.entries(picked).map(([address, name]) => ({ address, name })) }),
    defaults: {
      kind,
      ...(importDays !== undefined && { importDays }),
      ...(contact.trim() !== '' && { contact: contact.trim() }),
    },
    memberIds,
  }
}
