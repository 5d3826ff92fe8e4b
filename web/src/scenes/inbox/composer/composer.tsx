import { Button, Paper, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getDraftsId } from '../../../api/client.ts'
import { problemOf } from '../../../api/problem.ts'
import { LoadingRows } from '../../../components/loading-rows.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { words } from '../../../words/index.ts'
import { ComposerForm } from './composer-form.tsx'
import { Notice } from './notice.tsx'

/** Writes the message of a draft, and sends it. */
export function Composer({ draftId, onClosed }: { draftId: string; onClosed: () => void }) {
  // Read once: what is in the composer from then on is written here, and every save tells whether it was changed elsewhere.
  const draft = useQuery({
    queryKey: ['composer', draftId],
    queryFn: async () => (await getDraftsId({ path: { id: draftId } })).data,
    staleTime: 'static',
    gcTime: 0,
  })
  if (draft.data) return <ComposerForm key={draftId} draft={draft.data} onClosed={onClosed} />
  if (draft.isPending) {
    return (
      <Paper withBorder p="sm">
        <LoadingRows rows={3} height={36} />
      </Paper>
    )
  }
  if (problemOf(draft.error).status === 404) return <NotThere onClosed={onClosed} />
  return <ProblemNotice error={draft.error} onRetry={() => void draft.refetch()} />
}

function NotThere({ onClosed }: { onClosed: () => void }) {
  const { title, sentence } = words.composer.notThere
  return (
    <Notice color="gray" title={title}>
      <Stack gap="xs" align="start">
        <Text size="sm">{sentence}</Text>
        <Button size="compact-sm" variant="default" onClick={onClosed}>
          {words.close}
        </Button>
      </Stack>
    </Notice>
  )
}
