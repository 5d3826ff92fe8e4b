import { Button, Stack, Text } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { getDraftsId } from '../../../api/client.ts'
import { toProblem } from '../../../api/problem.ts'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { endAwaiting } from '../../../keyboard/awaited-field.ts'
import { words } from '../../../words/index.ts'
import type { ComposerFormProps } from './composer-form.tsx'
import { lazyForm } from '../lazy-form.ts'
import { noteFormQuery } from '../note-dock.tsx'
import { localDrafts } from './local-drafts.ts'
import { LoadingField } from './loading-field.tsx'
import { Notice } from './notice.tsx'

type ComposerProps = Omit<ComposerFormProps, 'draft'> & { draftId: string }

const formQuery = lazyForm('composer form', () => import('./composer-form.tsx'))
/** Latest start of loading the form beside a conversation, for browsers without `requestIdleCallback` and busy ones. */
const IDLE_MS = 2000
/** Start of loading it beside the list alone: the code of the editor is larger than that of the list. */
const LIST_MS = 10_000

/**
 * Loads the code of the composer and of notes in advance, so that they open immediately, even without a network.
 *
 * @param isReading  a conversation is open, so an answer is likely
 */
export function useComposerInAdvance(isReading: boolean): void {
  const queryClient = useQueryClient()
  useEffect(() => {
    const load = () => {
      for (const form of [formQuery, noteFormQuery]) void queryClient.query<unknown>(form).catch(() => undefined)
    }
    if (!isReading || !('requestIdleCallback' in window)) {
      const timer = setTimeout(load, isReading ? IDLE_MS : LIST_MS)
      return () => clearTimeout(timer)
    }
    const handle = requestIdleCallback(load, { timeout: IDLE_MS })
    return () => cancelIdleCallback(handle)
  }, [queryClient, isReading])
}

let openings = 0

/** Editor of a draft, which also sends it. */
export function Composer({ draftId, onClosed, ...more }: ComposerProps) {
  const [{ local, opening }] = useState(() => ({ local: localDrafts.find(draftId), opening: openings++ }))
  // Fetched once: from then on, changes are made here, and every save reports changes made elsewhere.
  const draft = useQuery({
    // Each opening fetches: an earlier one may have seen other files.
    queryKey: ['composer', draftId, opening],
    queryFn: async () => (await getDraftsId({ path: { id: draftId } })).data,
    staleTime: 'static',
    gcTime: 0,
    enabled: !local,
  })
  const form = useQuery(formQuery)
  const begun = local ?? draft.data
  const failed = begun ? !form.data && form.error !== null : draft.error !== null
  useEffect(() => {
    if (failed) endAwaiting()
  }, [failed])
  if (begun && form.data) return <form.data.ComposerForm key={draftId} draft={begun} onClosed={onClosed} {...more} />
  // Chromium remembers a failed import until the page is loaded again, and a new version has another file.
  if (begun && form.error) return <ProblemNotice error={form.error} onRetry={() => location.reload()} />
  if (begun) return <LoadingField />
  if (draft.isPending) return <LoadingField />
  if (toProblem(draft.error).status === 404) {
    return localDrafts.wasBegunHere(draftId) ? <Vanished onClosed={onClosed} /> : <NotThere onClosed={onClosed} />
  }
  return <ProblemNotice error={draft.error} onRetry={() => void draft.refetch()} />
}

/** The page was reloaded before the first input: there is nothing to show. */
function Vanished({ onClosed }: Pick<ComposerProps, 'onClosed'>) {
  useEffect(() => {
    void onClosed()
    // Once: closing changes the address.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [])
  return undefined
}

function NotThere({ onClosed }: Pick<ComposerProps, 'onClosed'>) {
  const { title, sentence } = words.composer.notThere
  return (
    <Notice color="gray" title={title}>
      <Stack gap="xs" align="start">
        <Text size="sm">{sentence}</Text>
        <Button size="compact-sm" variant="default" onClick={() => void onClosed()}>
          {words.close}
        </Button>
      </Stack>
    </Notice>
  )
}
