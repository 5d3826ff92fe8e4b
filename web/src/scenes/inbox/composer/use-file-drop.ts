import { useState, type DragEvent } from 'react'

/** Accepts files dropped anywhere on the composer. Dragged text is inserted where it is dropped. */
export function useFileDrop(onFiles: (files: readonly File[]) => void) {
  const [dropping, setDropping] = useState(false)
  const carriesFiles = ({ dataTransfer }: DragEvent) => dataTransfer.types.includes('Files')
  return {
    dropping,
    onDragOver(event: DragEvent) {
      if (!carriesFiles(event)) return
      event.preventDefault()
      setDropping(true)
    },
    onDragLeave({ currentTarget, relatedTarget }: DragEvent) {
      if (!(relatedTarget instanceof Node && currentTarget.contains(relatedTarget))) setDropping(false)
    },
    onDrop(event: DragEvent) {
      if (!carriesFiles(event)) return
      setDropping(false)
      // The editor takes images into the text.
      if (event.defaultPrevented) return
      event.preventDefault()
      onFiles([...event.dataTransfer.files])
    },
  }
}
