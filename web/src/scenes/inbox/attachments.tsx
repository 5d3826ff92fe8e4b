import { Group, Skeleton } from '@mantine/core'
import { IconDownload, IconEye, IconPaperclip } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { getMessagesIdAttachmentsOptions, type Attachment } from '../../api/client.ts'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { sizeWords } from '../../components/sizes.ts'
import { words } from '../../words/index.ts'
import classes from './message.module.css'
import { previewOf } from './preview/preview-kind.ts'

const STALE_MS = 10 * 60_000
/** Larger images are fetched only for the preview. */
const MOST_THUMBNAIL_BYTES = 5 * 1024 * 1024

/** Loaded with the first preview. */
const PreviewDialog = lazy(async () => ({ default: (await import('./preview/preview-dialog.tsx')).PreviewDialog }))

/** One request per message. An event reports replaced attachments. */
export function attachmentsQuery(messageId: string) {
  return { ...getMessagesIdAttachmentsOptions({ path: { id: messageId } }), staleTime: STALE_MS }
}

/** Attachments of a message, except images shown in its text. Images and PDFs have a preview. */
export function Attachments({ messageId }: { messageId: string }) {
  const { data, error, refetch } = useQuery(attachmentsQuery(messageId))
  const [shown, setShown] = useState<Attachment>()
  if (error) return <ProblemNotice error={error} onRetry={() => void refetch()} />
  if (!data) return <Skeleton height={28} width={180} mt="xs" />
  const files = data.attachments.filter(({ isInline }) => !isInline)
  if (files.length === 0) return undefined
  const stored = files.filter(({ kind }) => kind !== 'link')
  return (
    <Group gap="xs" mt="xs" role="group" aria-label={words.inbox.attachments}>
      {files.map((file) => (
        <span key={file.id} className={classes.attachment}>
          {previewOf(file) && (
            <button
              type="button"
              className={classes.thumbnail}
              aria-label={words.inbox.preview(nameOf(file))}
              title={words.inbox.preview(nameOf(file))}
              onClick={() => setShown(file)}
            >
              {previewOf(file) === 'image' && file.sizeBytes <= MOST_THUMBNAIL_BYTES ? (
                <img src={`/v1/attachments/${file.id}/image`} alt="" loading="lazy" />
              ) : (
                <IconEye size={20} aria-hidden />
              )}
            </button>
          )}
          <AttachmentLink file={file} />
        </span>
      ))}
      {stored.length > 1 && (
        <a className={classes.file} href={`/v1/messages/${messageId}/attachments.zip`} download>
          <IconDownload size={14} aria-hidden /> {words.inbox.downloadAll}
        </a>
      )}
      {shown && (
        <Suspense>
          <PreviewDialog
            files={files.filter((file) => previewOf(file) !== undefined)}
            shown={shown}
            onShow={setShown}
            onClose={() => setShown(undefined)}
          />
        </Suspense>
      )}
    </Group>
  )
}

export function AttachmentLink({ file }: { file: Attachment }) {
  const { id, sizeBytes, kind } = file
  const shownName = nameOf(file)
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

function nameOf({ name }: Attachment): string {
  return name === '' ? words.inbox.nameless : name
}
