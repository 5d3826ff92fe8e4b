import { Button, Group, Stack, Text } from '@mantine/core'
import { IconCheck, IconCloudUpload } from '@tabler/icons-react'
import { words } from '../../../words/index.ts'
import classes from './composer.module.css'
import type { Keeping } from './draft-keeper.ts'
import { Notice } from './notice.tsx'
import { composerContent, ownText } from './composer-content.ts'

/** State of the draft in a word, next to the buttons. */
export function KeepingState({ keeping }: { keeping: Keeping }) {
  const { saved, unsaved, saving } = words.composer.keeping
  const { state } = keeping
  if (state !== 'saved' && state !== 'unsaved' && state !== 'saving') return undefined
  const Sign = state === 'saved' ? IconCheck : IconCloudUpload
  return (
    <Group gap={4} wrap="nowrap" c="dimmed">
      <Sign size={14} aria-hidden />
      <Text size="xs" style={{ whiteSpace: 'nowrap' }}>
        {{ saved, unsaved, saving }[state]}
      </Text>
    </Group>
  )
}

interface KeepingNoticeProps {
  keeping: Keeping
  onRetry: () => void
  onTake: (whose: 'mine' | 'theirs') => void
  onKeepAsNew: () => void
}

/** Reason for an unsaved draft, and the options. */
export function DraftNotice({ keeping, onRetry, onTake, onKeepAsNew }: KeepingNoticeProps) {
  const { failed, conflict, gone } = words.composer.keeping
  if (keeping.state === 'failed') {
    return (
      <Notice color="red">
        <Group gap="sm">
          <Text size="sm">{failed(keeping.problem.title, keeping.problem.remedy === 'wait')}</Text>
          <Button size="compact-sm" variant="default" onClick={onRetry}>
            {words.tryAgain}
          </Button>
        </Group>
      </Notice>
    )
  }
  if (keeping.state === 'conflict') {
    const own = ownText(composerContent(keeping.theirs.content))
    return (
      <Notice color="yellow" title={conflict.title}>
        <Stack gap="xs">
          <Text size="sm">{conflict.sentence}</Text>
          <Text size="sm" fw={600}>
            {conflict.other}
          </Text>
          <div className={classes.other} tabIndex={0} role="group" aria-label={conflict.other} dir="auto">
            {own === '' ? conflict.empty : own}
          </div>
          <Group gap="xs">
            <Button size="compact-sm" variant="default" onClick={() => onTake('mine')}>
              {conflict.mine}
            </Button>
            <Button size="compact-sm" variant="default" onClick={() => onTake('theirs')}>
              {conflict.theirs}
            </Button>
          </Group>
        </Stack>
      </Notice>
    )
  }
  if (keeping.state === 'gone') {
    return (
      <Notice color="yellow" title={gone.title}>
        <Stack gap="xs" align="start">
          <Text size="sm">{gone.sentence}</Text>
          <Button size="compact-sm" variant="default" onClick={onKeepAsNew}>
            {gone.keep}
          </Button>
        </Stack>
      </Notice>
    )
  }
  return undefined
}
