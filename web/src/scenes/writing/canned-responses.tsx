import { Badge, Button, Group, Paper, Stack, Text, TextInput, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPaperclip, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import {
  deleteCannedResponsesIdMutation,
  getCannedResponsesOptions,
  type CannedResponseEntry,
} from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { useOnce } from '../../api/use-once.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'
import { findCanned } from '../inbox/composer/canned-search.ts'
import { CannedResponseDialog } from './canned-response-dialog.tsx'

const text = words.writing.canned

/** All canned responses that the person can use, by folder. */
export function CannedResponses() {
  const { data, error, refetch } = useQuery(getCannedResponsesOptions())
  const [searched, setSearched] = useState('')
  const [adding, { open, close }] = useDisclosure(false)
  const all = data?.cannedResponses ?? []
  const found = searched.trim() === '' ? all : findCanned(all, searched)
  const folders = [...Map.groupBy(found, ({ folder }) => folder)]
  return (
    <Section
      title={text.title}
      actions={
        <Button size="xs" leftSection={<IconPlus size={14} aria-hidden />} onClick={open}>
          {text.add}
        </Button>
      }
    >
      <Text size="sm">{text.sentence}</Text>
      {all.length > 5 && (
        <TextInput
          aria-label={text.search}
          placeholder={text.search}
          value={searched}
          onChange={({ currentTarget }) => setSearched(currentTarget.value)}
        />
      )}
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <LoadingRows rows={2} />}
      {data && found.length === 0 && (
        <Text size="sm" c="dimmed">
          {searched.trim() === '' ? text.none : text.notFound}
        </Text>
      )}
      {folders.map(([folder, responses]) => (
        <Stack key={folder} gap="xs">
          {folder !== '' && (
            <Title order={3} size="h6" dir="auto">
              {folder}
            </Title>
          )}
          {responses.map((one) => (
            <CannedRow key={one.id} one={one} />
          ))}
        </Stack>
      ))}
      {adding && <CannedResponseDialog onClose={close} />}
    </Section>
  )
}

function CannedRow({ one }: { one: CannedResponseEntry }) {
  const { id, name, preview, isShared, isEditable, usedCount, attachments } = one
  const [changing, change] = useDisclosure(false)
  const [asking, ask] = useDisclosure(false)
  const refresh = useRefresh('canned-responses')
  const remove = useOnce({
    ...deleteCannedResponsesIdMutation(),
    onSuccess: async () => {
      ask.close()
      await refresh()
    },
  })
  return (
    <Paper withBorder p="sm">
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <div style={{ minWidth: 0 }}>
          <Group gap="xs">
            <Text fw={600} size="sm" dir="auto">
              {name}
            </Text>
            <Badge size="sm" variant="light" tt="none" color={isShared ? undefined : 'gray'}>
              {isShared ? text.shared : text.personal}
            </Badge>
            {attachments.length > 0 && (
              <Text size="xs" c="dimmed">
                <IconPaperclip size={12} aria-hidden /> {text.files(attachments.length)}
              </Text>
            )}
          </Group>
          <Text size="sm" c="dimmed" truncate dir="auto">
            {preview}
          </Text>
          <Text size="xs" c="dimmed">
            {text.used(usedCount)}
          </Text>
        </div>
        {isEditable && (
          <Group gap="xs" wrap="nowrap">
            <Button size="xs" variant="default" aria-label={text.changeOf(name)} onClick={change.open}>
              {text.change}
            </Button>
            <Button size="xs" variant="default" aria-label={text.removeOf(name)} onClick={ask.open}>
              {text.remove}
            </Button>
          </Group>
        )}
      </Group>
      {changing && <CannedResponseDialog id={id} onClose={change.close} />}
      <ConfirmDialog
        opened={asking}
        onClose={ask.close}
        title={text.removeTitle(name)}
        removes={text.removeRemoves(isShared, attachments.length)}
        keeps={text.removeKeeps}
        confirm={text.removeButton}
        busy={remove.isPending}
        error={remove.error}
        destructive
        onConfirm={() => remove.mutate({ path: { id } })}
      />
    </Paper>
  )
}
