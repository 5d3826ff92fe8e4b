import { Button, CloseButton, Group, Progress, Text } from '@mantine/core'
import { IconAlertTriangle, IconFile } from '@tabler/icons-react'
import { words } from '../../../words/index.ts'
import { isInlineImage, type AttachmentList, type Entry } from './attachment-list.ts'
import classes from './composer.module.css'
import { percentText, sizeText } from './sizes.ts'

interface AttachmentsFieldProps {
  entries: readonly Entry[]
  list: AttachmentList
  error: string | undefined
}

/** Files and their uploads. Images in the text are listed only while they are uploaded, or if that fails. */
export function AttachmentsField({ entries: all, list, error }: AttachmentsFieldProps) {
  const entries = all.filter(
    (entry) => entry.state !== 'attached' || !isInlineImage(entry) || entry.reason !== undefined,
  )
  return (
    <>
      {entries.length > 0 && (
        <ul className={classes.files} aria-label={words.composer.attachments.title}>
          {entries.map((entry) => (
            <li key={entry.key}>
              <FileRow entry={entry} list={list} />
            </li>
          ))}
        </ul>
      )}
      {error !== undefined && (
        <Text role="alert" size="sm" c="var(--mantine-color-error)">
          {error}
        </Text>
      )}
    </>
  )
}

function FileRow({ entry, list }: { entry: Entry; list: AttachmentList }) {
  const { key, name, sizeBytes, state, percent = 0, reason, mayPass } = entry
  const { waiting, uploading, progress, remove, again } = words.composer.attachments
  const Sign = reason === undefined ? IconFile : IconAlertTriangle
  return (
    <>
      <Group gap="xs" wrap="nowrap">
        <Sign size={16} aria-hidden style={{ flex: 'none' }} />
        <Text size="sm" truncate title={name}>
          {name}
        </Text>
        <Text size="sm" c="dimmed" style={{ flex: 'none' }}>
          {sizeBytes !== undefined && sizeText(sizeBytes)}
          {state === 'waiting' && ` · ${waiting}`}
          {state === 'uploading' && ` · ${uploading(percentText(percent))}`}
        </Text>
        {mayPass && (
          <Button
            size="compact-sm"
            variant="default"
            aria-label={again(name)}
            onClick={() => list.again(key)}
            style={{ flex: 'none' }}
          >
            {words.tryAgain}
          </Button>
        )}
        <CloseButton
          size={24}
          iconSize={14}
          ms="auto"
          aria-label={remove(name)}
          onClick={() => void list.remove(key)}
        />
      </Group>
      {state === 'uploading' && <Progress value={percent} size="xs" aria-label={progress(name)} mt={4} />}
      {reason !== undefined && (
        <Text role="alert" size="sm" c="var(--mantine-color-error)">
          {reason}
        </Text>
      )}
    </>
  )
}
