import { Button, Checkbox, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import {
  deleteSavedViewsId,
  getSavedViewsQueryKey,
  postSavedViews,
  putSavedViewsId,
  type SavedView,
} from '../../../api/client.ts'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { useMe } from '../../../session/session.ts'
import { words } from '../../../words/index.ts'
import type { InboxSearch } from '../inbox-search.ts'

interface SavedViewDialogProps {
  search: InboxSearch & { q: string }
  /** The saved view that is shown; undefined for a new one. */
  saved: SavedView | undefined
  onClose: () => void
}

/** Name of a saved view, its query, and whether the team sees it. */
export function SavedViewDialog({ search, saved, onClose }: SavedViewDialogProps) {
  const me = useMe()
  const texts = words.savedViews
  const isOurs = !saved || saved.ownerId === me.id || me.role === 'admin' || me.role === 'supervisor'
  const queryClient = useQueryClient()
  const [name, setName] = useState(saved?.name ?? '')
  const [query, setQuery] = useState(saved?.query ?? search.q)
  const [isShared, setIsShared] = useState(saved?.isShared ?? false)
  const done = async () => {
    await queryClient.invalidateQueries({ queryKey: getSavedViewsQueryKey() })
    onClose()
  }
  const save = useMutation({
    mutationFn: async () => {
      const body = { name, query, view: saved?.view ?? search.view ?? 'all', isShared }
      if (saved) await putSavedViewsId({ path: { id: saved.id }, body, throwOnError: true })
      else await postSavedViews({ body, throwOnError: true })
    },
    onSuccess: done,
  })
  const remove = useMutation({
    mutationFn: () => deleteSavedViewsId({ path: { id: saved?.id ?? '' }, throwOnError: true }),
    onSuccess: done,
  })
  const error = save.error ?? remove.error
  return (
    <Modal
      opened
      onClose={onClose}
      title={saved ? texts.edit : texts.save}
      size="sm"
      closeButtonProps={{ 'aria-label': words.close }}
      transitionProps={{ duration: 0 }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
      >
        <Stack gap="sm">
          {!isOurs && <Text size="sm">{texts.ofOther}</Text>}
          <TextInput
            label={texts.name}
            value={name}
            required
            maxLength={60}
            disabled={!isOurs}
            data-autofocus
            onChange={({ currentTarget }) => setName(currentTarget.value)}
          />
          <TextInput
            label={texts.query}
            value={query}
            required
            maxLength={500}
            disabled={!isOurs}
            onChange={({ currentTarget }) => setQuery(currentTarget.value)}
          />
          <Checkbox
            label={texts.shared}
            description={texts.sharedHint}
            checked={isShared}
            disabled={!isOurs}
            onChange={({ currentTarget }) => setIsShared(currentTarget.checked)}
          />
          {error && <ProblemNotice error={error} />}
          {isOurs && (
            <Group justify="space-between">
              {saved ? (
                <Button variant="default" color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
                  {texts.remove}
                </Button>
              ) : (
                <span />
              )}
              <Button type="submit" loading={save.isPending}>
                {texts.saveIt}
              </Button>
            </Group>
          )}
        </Stack>
      </form>
    </Modal>
  )
}
