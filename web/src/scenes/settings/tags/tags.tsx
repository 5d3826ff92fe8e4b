import { Button, Collapse, Group, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPlus } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { deleteTagsId, getTagsOptions, postTagsIdRestore, type Tag } from '../../../api/client.ts'
import { useRefresh } from '../../../api/refresh.ts'
import { LoadingRows } from '../../../components/loading-rows.tsx'
import { LongList } from '../../../components/long-list.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { Section } from '../../../components/section.tsx'
import { words } from '../../../words/index.ts'
import { announceChange } from '../../inbox/change-notice.tsx'
import { showFailure } from '../../inbox/use-status.ts'
import { TagChip } from '../../inbox/tags/tag-chip.tsx'
import { EditTag } from './edit-tag.tsx'

const ROW_HEIGHT = 44

/** Administration of tags. Deleting can be undone, also later. */
export function Tags() {
  const { data, error, isPending, refetch } = useQuery(getTagsOptions())
  const deleted = useQuery(getTagsOptions({ query: { state: 'deleted' } })).data?.tags ?? []
  const [edited, setEdited] = useState<Tag | 'new'>()
  const [showsDeleted, { toggle }] = useDisclosure(false)
  const refresh = useRefresh('tags')
  const restore = useMutation({
    mutationFn: (id: string) => postTagsIdRestore({ path: { id }, throwOnError: true }),
    onSuccess: refresh,
  })
  const remove = useMutation({
    mutationFn: ({ id }: Tag) => deleteTagsId({ path: { id }, throwOnError: true }),
    onSuccess: (_, { id, name }) => {
      announceChange(`tag ${id}`, words.tags.deleted(name), () => restore.mutate(id, { onError: showFailure }))
      return refresh()
    },
  })
  const text = words.tags
  return (
    <Section
      title={text.title}
      actions={
        <Button size="xs" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => setEdited('new')}>
          {text.new}
        </Button>
      }
    >
      <Text size="sm" c="dimmed">
        {text.sentence}
      </Text>
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {(remove.error ?? restore.error) != null && <ProblemNotice error={remove.error ?? restore.error} />}
      {isPending && <LoadingRows rows={3} height={ROW_HEIGHT} />}
      {data?.tags.length === 0 && <Text size="sm">{text.empty}</Text>}
      {data && data.tags.length > 0 && (
        <LongList label={text.title} items={data.tags} keyOf={({ id }) => id} rowHeight={ROW_HEIGHT}>
          {(tag) => (
            <Group justify="space-between" wrap="nowrap" gap="xs">
              <TagChip tag={tag} />
              <Group gap="xs" wrap="nowrap">
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={text.edit(tag.name)}
                  onClick={() => setEdited(tag)}
                >
                  {text.editButton}
                </Button>
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={text.deleteOf(tag.name)}
                  onClick={() => remove.mutate(tag)}
                >
                  {text.delete}
                </Button>
              </Group>
            </Group>
          )}
        </LongList>
      )}
      {deleted.length > 0 && (
        <Stack gap="xs" align="flex-start">
          <Button size="compact-sm" variant="subtle" onClick={toggle} aria-expanded={showsDeleted}>
            {text.showDeleted(deleted.length)}
          </Button>
          <Collapse expanded={showsDeleted} w="100%">
            <LongList
              label={text.showDeleted(deleted.length)}
              items={deleted}
              keyOf={({ id }) => id}
              rowHeight={ROW_HEIGHT}
            >
              {(tag) => (
                <Group justify="space-between" wrap="nowrap" gap="xs">
                  <TagChip tag={tag} />
                  <Button
                    size="compact-sm"
                    variant="default"
                    aria-label={text.restoreOf(tag.name)}
                    onClick={() => restore.mutate(tag.id)}
                  >
                    {text.restore}
                  </Button>
                </Group>
              )}
            </LongList>
          </Collapse>
        </Stack>
      )}
      <EditTag tag={edited} onClose={() => setEdited(undefined)} />
    </Section>
  )
}
