import { Button, FileButton } from '@mantine/core'
import { IconPaperclip } from '@tabler/icons-react'
import { useRef } from 'react'
import { words } from '../../../words/index.ts'

interface AttachButtonProps {
  /** Id of the element that states the size limit. */
  limitId: string
  onFiles: (files: readonly File[]) => void
}

export function AttachButton({ limitId, onFiles }: AttachButtonProps) {
  const reset = useRef<() => void>(null)
  const { attach } = words.composer.attachments
  const take = (files: File[]) => {
    onFiles(files)
    // Allows selecting the same file again.
    reset.current?.()
  }
  return (
    <FileButton multiple onChange={take} resetRef={reset} inputProps={{ 'aria-label': attach }}>
      {(props) => (
        <Button
          {...props}
          variant="default"
          leftSection={<IconPaperclip size={16} aria-hidden />}
          aria-describedby={limitId}
        >
          {attach}
        </Button>
      )}
    </FileButton>
  )
}
