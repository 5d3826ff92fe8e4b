import { Button, Paper, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { getDraftsId } from '../../../api/client.ts'
import { toProblem } from '../../../api/problem.ts'
import { LoadingRows } from '../../../components/loading-rows.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { words } from '../../../words/index.ts'
import { ComposerForm, type ComposerFormProps } from './composer-form.tsx'
import { localDrafts } from './local-drafts.ts'
import { Notice } from './notice.tsx'

type ComposerProps = Omit<ComposerFormProps, 'draft'> & { draftId: string }

/** Editor of a draft, which also sends it. */
export function Composer({ draftId, onClosed, ...more }: ComposerProps) {
  const [local] = useState(() => localDrafts.find(draftId))
  // Fetched once: from then on, changes are made here, and every save reports changes made elsewhere.
  const draft = useQuery({
    queryKey: ['composer', draftId],
    queryFn: async () => (await getDraftsId({ path: { id: draftId } })).data,
    staleTime: 'static',
    gcTime: 0,
    enabled: !local,
  })
  const begun = local ?? draft.data
  if (begun) return <ComposerForm key={draftId} draft={begun} onClosed={onClosed} {...more} />
  if (draft.isPending) {
    return (
      <Paper withBorder p="sm">
        <LoadingRows rows={3} height={36} />
      </Paper>
    )
  }
  if (toProblem(draft.error).status === 404) {
    return localDrafts.wasBegunHere(draftId) ? <Vanished onClosed={onClosed} /> : <NotThere onClosed={onClosed} />
  }
  return <ProblemNotice error={draft.error} onRetry={() => void draft.refetch()} />
}

/** The page was reloaded before the first input: there is nothing to show. */
function Vanished({ onClosed }: { onClosed: () => void }) {
  useEffect(() => {
    onClosed()
    // Once: closing changes the address.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [])
  return undefined
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
