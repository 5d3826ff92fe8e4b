import { Button, Checkbox, Group, Stack, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { getCloudProvidersIdDirectoryUsers } from '../../api/client.ts'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { words } from '../../words/index.ts'
import { type BatchRequest, withSource } from './batch-request.ts'

const text = words.accountBatches
const TYPING_PAUSE_MS = 300

interface DirectoryPickerProps {
  request: BatchRequest
  onChange: (request: BatchRequest) => void
}

/** Choice among the users of the organization, as far as the application may list them. */
export function DirectoryPicker({ request, onChange }: DirectoryPickerProps) {
  const { opener, picked } = request
  const [typed, setTyped] = useState('')
  const [search] = useDebouncedValue(typed.trim(), TYPING_PAUSE_MS)
  const users = useInfiniteQuery({
    queryKey: ['directory-users', opener.cloudProviderId, search],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }) => {
      const { data } = await getCloudProvidersIdDirectoryUsers({
        path: { id: opener.cloudProviderId },
        query: { ...(search !== '' && { search }), ...(pageParam !== undefined && { after: pageParam }) },
        ...{ signal, throwOnError: true },
      })
      return data
    },
    getNextPageParam: ({ next }) => next,
    retry: false,
  })
  const shown = users.data?.pages.flatMap((page) => page.users) ?? []
  const choose = (address: string, name: string, isChosen: boolean) => {
    const { [address]: _gone, ...others } = picked
    onChange({ ...request, picked: isChosen ? { ...others, [address]: name } : others })
  }
  return (
    <Stack gap="xs">
      <TextInput
        label={text.search}
        description={text.searchHint}
        type="search"
        value={typed}
        onChange={({ currentTarget }) => setTyped(currentTarget.value)}
        // Enter would check the rows.
        onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}
      />
      {users.error && (
        <ProblemNotice error={users.error} onRetry={() => void users.refetch()}>
          <Button size="xs" variant="default" onClick={() => onChange(withSource(request, 'csv'))}>
            {text.useCsv}
          </Button>
        </ProblemNotice>
      )}
      {users.isPending && <LoadingRows height={44} />}
      {users.isSuccess && shown.length === 0 && !users.hasNextPage && <Text size="sm">{text.noUsers}</Text>}
      {shown.length > 0 && (
        <Stack role="group" aria-label={text.users} gap={8} mah={320} style={{ overflowY: 'auto' }}>
          {shown.map(({ address, name, emailAccountId }) => (
            <Checkbox
              key={address}
              label={name}
              description={emailAccountId === undefined ? address : `${address} · ${text.connected}`}
              disabled={emailAccountId !== undefined}
              checked={picked[address] !== undefined}
              onChange={({ currentTarget }) => choose(address, name, currentTarget.checked)}
            />
          ))}
        </Stack>
      )}
      {users.hasNextPage && (
        <Group>
          <Button
            size="xs"
            variant="default"
            loading={users.isFetchingNextPage}
            onClick={() => void users.fetchNextPage()}
          >
            {text.more}
          </Button>
        </Group>
      )}
      <Group>
        <Text size="sm" role="status">
          {text.chosen(Object.keys(picked).length)}
        </Text>
        {Object.keys(picked).length > 0 && (
          <Button size="xs" variant="subtle" onClick={() => onChange({ ...request, picked: {} })}>
            {text.clear}
          </Button>
        )}
      </Group>
      <Text size="sm" c="dimmed">
        {text.unsure}
      </Text>
    </Stack>
  )
}
