import { Checkbox, Stack, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { postEmailAccountsFolders, type PostEmailAccountsFoldersResponse } from '../../api/client.ts'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { language, words } from '../../words/index.ts'
import type { WantedMail } from './preflight.tsx'
import classes from './set-up.module.css'

const text = words.setUp.associate
/** From here on a field finds what the eye does not. */
const MANY = 12

type Folder = PostEmailAccountsFoldersResponse['folders'][number]

export interface FolderChoiceProps {
  wanted: WantedMail
  chosen: readonly string[] | undefined
  onChange: (remoteIds: readonly string[]) => void
}

/** The folders of the mailbox as its owner sees them; Inbox and Sent are ticked until somebody chooses. */
export function FolderChoice({ wanted, chosen, onChange }: FolderChoiceProps) {
  const [sought, seek] = useState('')
  const { data, error, refetch } = useQuery({
    queryKey: ['possible-folders', wanted],
    queryFn: async () => (await postEmailAccountsFolders({ body: wanted })).data.folders,
    staleTime: Infinity,
    gcTime: 0,
  })
  if (error) return <ProblemNotice error={error} onRetry={() => void refetch()} />
  if (!data) return <LoadingRows rows={3} height={24} />
  const ticked = chosen ?? data.filter(isUsual).map(({ remoteId }) => remoteId)
  const toggle = (id: string) => onChange(ticked.includes(id) ? ticked.filter((one) => one !== id) : [...ticked, id])
  const shown = data.filter((folder) => pathOf(folder).toLowerCase().includes(sought.trim().toLowerCase()))
  const count = new Intl.NumberFormat(language)

  return (
    <Stack gap="xs" role="group" aria-label={text.folders}>
      <Text size="sm" fw={500}>
        {text.folders}
      </Text>
      {data.length > MANY && (
        <TextInput
          size="xs"
          aria-label={text.filter}
          placeholder={text.filter}
          value={sought}
          onChange={({ currentTarget }) => seek(currentTarget.value)}
        />
      )}
      <div className={classes.folders}>
        <Stack gap={6}>
          {shown.map((folder) => (
            <Checkbox
              key={folder.remoteId}
              label={text.folder(pathOf(folder), count.format(folder.totalCount))}
              checked={ticked.includes(folder.remoteId)}
              onChange={() => toggle(folder.remoteId)}
            />
          ))}
        </Stack>
      </div>
      {ticked.length === 0 && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {text.noFolder}
        </Text>
      )}
    </Stack>
  )
}

function isUsual({ role }: Folder): boolean {
  return role === 'inbox' || role === 'sent'
}

function pathOf({ path, name }: Folder): string {
  return path.length > 0 ? path.join(' / ') : name
}
