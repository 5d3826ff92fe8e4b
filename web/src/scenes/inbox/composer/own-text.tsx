import { Textarea } from '@mantine/core'
import { useEffect, useImperativeHandle, useMemo, useRef, useState, type Ref } from 'react'
import type { InlineImages } from '../../../components/rich-text/inline-image.ts'
import { RichText, type RichTextHandle } from '../../../components/rich-text/rich-text.tsx'
import { words } from '../../../words/index.ts'
import type { AttachmentList } from './attachment-list.ts'
import type { ComposerContent } from './composer-content.ts'
import { CannedButton, CannedPicker, useCannedPicker, type CannedUse } from './canned-picker.tsx'
import { paragraphs } from './message-parts.ts'

export interface OwnTextHandle {
  focusStart: () => void
}

interface OwnTextProps {
  draftId: string
  writing: ComposerContent
  list: AttachmentList
  error: string | undefined
  onEdit: (change: Partial<ComposerContent>) => void
  onFiles: (files: readonly File[]) => void
  /** @returns Content-IDs of the images */
  onImages: (files: readonly File[]) => readonly string[]
  /** Fetches a canned response with its placeholders filled, and attaches its files. */
  onCanned: CannedUse
  ref?: Ref<OwnTextHandle>
}

/** The author's text: formatted, or plain as the mailbox requires. */
export function OwnText({ draftId, writing, list, error, onEdit, onFiles, onImages, onCanned, ref }: OwnTextProps) {
  const area = useRef<HTMLTextAreaElement>(null)
  const editor = useRef<RichTextHandle>(null)
  const images = useDraftImages(draftId, list, onImages)
  const { format, own } = writing
  const insert = ({ html, text }: { html: string; text: string }) => {
    editor.current?.insert(html === '' ? paragraphs(text) : html)
    const { selectionStart, selectionEnd } = area.current ?? {}
    if (selectionStart === undefined) return
    onEdit({ own: own.slice(0, selectionStart) + text + own.slice(selectionEnd) })
    area.current?.focus()
  }
  const picker = useCannedPicker()
  const canned = <CannedPicker {...picker} onUse={onCanned} onInsert={insert} />
  useImperativeHandle(ref, () => ({
    focusStart: () => {
      editor.current?.focusStart()
      area.current?.focus({ preventScroll: true })
      area.current?.setSelectionRange(0, 0)
    },
  }))
  if (format === 'html') {
    return (
      <RichText
        ref={editor}
        label={words.composer.text}
        html={own}
        error={error}
        images={images}
        onFiles={onFiles}
        onSlash={picker.open}
        onChange={(changed) => onEdit({ own: changed })}
      >
        <CannedButton onOpen={picker.open} />
        {canned}
      </RichText>
    )
  }
  return (
    <div>
      <CannedButton onOpen={picker.open} />
      {canned}
      <Textarea
        ref={area}
        aria-label={words.composer.text}
        autosize
        minRows={6}
        maxRows={24}
        dir="auto"
        value={own}
        error={error}
        onChange={({ currentTarget }) => onEdit({ own: currentTarget.value })}
        onPaste={(event) => {
          const pasted = [...event.clipboardData.files]
          if (pasted.length === 0 || event.clipboardData.types.includes('text/plain')) return
          event.preventDefault()
          onFiles(pasted)
        }}
        onKeyDown={(event) => {
          const { selectionStart, selectionEnd } = event.currentTarget
          const isAtStart =
            selectionStart === selectionEnd && (selectionStart === 0 || own[selectionStart - 1] === '\n')
          if (event.key !== '/' || !isAtStart) return
          event.preventDefault()
          picker.open()
        }}
      />
    </div>
  )
}

/** Images of the draft. While one is uploaded, it is shown from this browser. */
function useDraftImages(draftId: string, list: AttachmentList, onImages: OwnTextProps['onImages']) {
  const [local] = useState(() => new Map<string, string>())
  const [listeners] = useState(() => new Set<() => void>())
  const insert = useRef(onImages)
  useEffect(() => void (insert.current = onImages))
  return useMemo((): InlineImages & { insert: OwnTextProps['onImages'] } => {
    const keep = (contentId: string, file: File) => {
      const reader = new FileReader()
      reader.onload = () => {
        local.set(contentId, reader.result as string)
        for (const listener of listeners) listener()
      }
      reader.readAsDataURL(file)
    }
    return {
      insert: (files) => {
        const ids = insert.current(files)
        ids.forEach((contentId, at) => keep(contentId, files[at]!))
        return ids
      },
      sourceOf: (contentId) => {
        const entry = list.now().find((each) => each.contentId === contentId)
        if (!entry) return undefined
        if (entry.id === undefined) return local.get(contentId) ?? NOT_READ_YET
        return `/v1/drafts/${encodeURIComponent(draftId)}/attachments/${encodeURIComponent(entry.id)}/image`
      },
      subscribe: (onChange) => {
        listeners.add(onChange)
        const stop = list.subscribe(onChange)
        return () => {
          listeners.delete(onChange)
          stop()
        }
      },
    }
  }, [draftId, list, listeners, local])
}

/** A transparent pixel. */
const NOT_READ_YET = 'data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7'
