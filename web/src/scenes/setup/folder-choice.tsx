import { useQuery } from '@tanstack/react-query'
import { postEmailAccountsFolders, type PostEmailAccountsFoldersResponse } from '../../api/client.ts'
import { FolderPicker } from '../../components/folders/folder-picker.tsx'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { words } from '../../words/index.ts'
import { requestKey, type RequestedAccount } from './requested-account.ts'

type Folder = PostEmailAccountsFoldersResponse['folders'][number]

export interface FolderChoiceProps {
  wanted: RequestedAccount
  chosen: readonly string[] | undefined
  onChange: (remoteIds: readonly string[]) => void
}

/** Folders of the mailbox as its owner sees them; Inbox and Sent are selected by default. */
export function FolderChoice({ wanted, chosen, onChange }: FolderChoiceProps) {
  const { data, error, refetch } = useQuery({
    queryKey: ['possible-folders', requestKey(wanted)],
    queryFn: async () => (await postEmailAccountsFolders({ body: wanted })).data.folders,
    staleTime: Infinity,
    gcTime: 0,
  })
  if (error) return <ProblemNotice error={error} onRetry={() => void refetch()} />
  if (!data) return <LoadingRows rows={3} height={24} />
  const ticked = chosen ?? data.filter(isUsual).map(({ remoteId }) => remoteId)
  return <FolderPicker label={words.setupAssociate.folders} folders={data} chosen={ticked} onChange={onChange} />
}

function isUsual({ role }: Folder): boolean {
  return role === 'inbox' || role === 'sent'
}
