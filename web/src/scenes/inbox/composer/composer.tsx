import { Button, Paper, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { getDraftsId } from '../../../api/client.ts'
import { problemOf } from '../../../api/problem.ts'
import { LoadingRows } from '../../../components/loading-rows.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { words } from '../../../words/index.ts'
import { ComposerForm } from './composer-form.tsx'
import { localDrafts } from './local-drafts.ts'
import { Notice } from './notice.tsx'
import type { AnsweredConversation } from './use-second-answer.ts'

export interface ComposerProps {
  draftId: string
  onClosed: () => void
  /** The conversation that it belongs to, as it is shown now. */
  answered?: AnsweredConversation
  /** Something was typed. */
  onInput?: () => void
}

/** Writes the message of a draft, and sends it. */
export function Composer({ draftId, onClosed, ...more }: ComposerProps) {
  const [local] = useState(() => localDrafts.find(draftId))
  // Read once: what is in the composer from then on is written here, and every save tells whether it was changed elsewhere.
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
  if (problemOf(draft.error).status === 404) {
    return localDrafts.wasBegunHere(draftId) ? <Vanished onClosed={onClosed} /> : <NotThere onClosed={onClosed} />
  }
  return <ProblemNotice error={draft.error} onRetry={() => void draft.refetch()} />
}

/** The page was loaded again before the first input: there is nothing to show and nothing to say. */
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
