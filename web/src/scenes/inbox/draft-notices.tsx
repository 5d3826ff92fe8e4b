import { Button, Group, Paper, Text } from '@mantine/core'
import { IconPencil } from '@tabler/icons-react'
import type { Draft } from '../../api/client.ts'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'
import { useOpenDraft } from './composer/start-draft.ts'

interface DraftNoticesProps {
  drafts: readonly Draft[]
  /** The draft in the composer. */
  opened: string | undefined
  me: string
  nameOf: (id: string) => string
}

/** Unsent replies: the user's own to continue, and those of others to avoid double replies. */
export function DraftNotices({ drafts, opened, me, nameOf }: DraftNoticesProps) {
  const openDraft = useOpenDraft()
  const inbox = words.inbox
  return drafts
    .filter(({ id }) => id !== opened)
    .map((draft) => (
      <Paper key={draft.id} withBorder px="sm" py={6}>
        <Group gap="xs">
          <IconPencil size={14} aria-hidden />
          <Text size="sm">
            {draft.authorId === me ? inbox.yourDraft : inbox.draftOf(nameOf(draft.authorId))}{' '}
            <Time at={draft.updatedAt} />
          </Text>
          {draft.authorId === me && (
            <Button size="compact-sm" variant="default" onClick={() => void openDraft(draft)}>
              {inbox.goOn}
            </Button>
          )}
        </Group>
      </Paper>
    ))
}
