import { Group, Skeleton } from '@mantine/core'
import { IconPaperclip } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getMessagesIdAttachmentsOptions, type Attachment } from '../../api/client.ts'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { sizeWords } from '../../components/sizes.ts'
import { words } from '../../words/index.ts'
import classes from './message.module.css'

const STALE_MS = 10 * 60_000

/** One request per message. An event reports replaced attachments. */
export function attachmentsQuery(messageId: string) {
  return { ...getMessagesIdAttachmentsOptions({ path: { id: messageId } }), staleTime: STALE_MS }
}

/** Attachments of a message, except images shown in its text. */
export function Attachments({ messageId }: { messageId: string }) {
  const { data, error, refetch } = useQuery(attachmentsQuery(messageId))
  if (error) return <ProblemNotice error={error} onRetry={() => void refetch()} />
  if (!data) return <Skeleton height={28} width={180} mt="xs" />
  const files = data.attachments.filter(({ isInline }) => !isInline)
  if (files.length === 0) return undefined
  return (
    <Group gap="xs" mt="xs" role="group" aria-label={words.inbox.attachments}>
      {files.map((file) => (
        <AttachmentLink key={file.id} file={file} />
      ))}
    </Group>
  )
}

export function AttachmentLink({ file: { id, name, sizeBytes, kind } }: { file: Attachment }) {
  const shownName = name === '' ? words.inbox.nameless : name
  const size = sizeWords(sizeBytes)
  // A cloud file is not part of the message: there is nothing to download.
  if (kind === 'link') {
    return (
      <span className={classes.file}>
        <IconPaperclip size={14} aria-hidden /> {shownName} · {words.inbox.isLink}
      </span>
    )
  }
  return (
    <a
      className={classes.file}
      href={`/v1/attachments/${id}/content`}
      download={shownName}
      aria-label={words.inbox.download(shownName, size)}
    >
      <IconPaperclip size={14} aria-hidden /> <bdi>{shownName}</bdi> · {size}
    </a>
  )
}
