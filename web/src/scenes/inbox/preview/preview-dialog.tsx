import { Button, Group, Modal, Text } from '@mantine/core'
import { IconChevronLeft, IconChevronRight, IconDownload } from '@tabler/icons-react'
import { useEffect } from 'react'
import type { Attachment } from '../../../api/client.ts'
import { words } from '../../../words/index.ts'
import { PdfPages } from './pdf-pages.tsx'
import classes from './preview.module.css'
import { previewOf } from './preview-kind.ts'

interface PreviewDialogProps {
  files: readonly Attachment[]
  shown: Attachment
  onShow: (file: Attachment) => void
  onClose: () => void
}

/** Shows images and PDFs of a message. The arrow keys change the file. */
export function PreviewDialog({ files, shown, onShow, onClose }: PreviewDialogProps) {
  const at = files.findIndex(({ id }) => id === shown.id)
  const [previous, next] = [files[at - 1], files[at + 1]]
  useEffect(() => {
    const press = ({ key, target }: KeyboardEvent) => {
      // Scrolls a PDF sideways.
      if (target instanceof HTMLElement && target.scrollWidth > target.clientWidth) return
      const wanted = key === 'ArrowLeft' ? previous : key === 'ArrowRight' ? next : undefined
      if (wanted) onShow(wanted)
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [previous, next, onShow])
  const name = shown.name === '' ? words.inbox.nameless : shown.name
  const text = words.inbox.previewDialog
  return (
    <Modal
      opened
      onClose={onClose}
      size="90%"
      title={<bdi>{name}</bdi>}
      transitionProps={{ duration: 0 }}
      closeButtonProps={{ 'aria-label': words.close }}
    >
      <div className={classes.shown} key={shown.id}>
        {previewOf(shown) === 'image' ? (
          <img src={`/v1/attachments/${shown.id}/image`} alt={name} />
        ) : (
          <PdfPages address={`/v1/attachments/${shown.id}/content`} name={name} />
        )}
      </div>
      <Group justify="space-between" mt="sm">
        <Button
          component="a"
          href={`/v1/attachments/${shown.id}/content`}
          download={name}
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
        >
          {text.download}
        </Button>
        {files.length > 1 && (
          <Group gap="xs">
            <Button
              variant="default"
              disabled={!previous}
              aria-label={text.previous}
              onClick={() => previous && onShow(previous)}
            >
              <IconChevronLeft size={16} aria-hidden />
            </Button>
            <Text size="sm">{text.position(at + 1, files.length)}</Text>
            <Button variant="default" disabled={!next} aria-label={text.next} onClick={() => next && onShow(next)}>
              <IconChevronRight size={16} aria-hidden />
            </Button>
          </Group>
        )}
      </Group>
    </Modal>
  )
}
