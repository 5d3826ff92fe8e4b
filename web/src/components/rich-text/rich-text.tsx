import { Input } from '@mantine/core'
import { RichTextEditor } from '@mantine/tiptap'
import '@mantine/tiptap/styles.css'
import type { Editor } from '@tiptap/core'
import { useEditor } from '@tiptap/react'
import { useEffect, useImperativeHandle, useRef, type ReactNode, type Ref } from 'react'
import { styleNonce } from '../../style-nonce.ts'
import { words } from '../../words/index.ts'
import { mailExtensions } from './extensions.ts'
import { contentIdOf, type InlineImages } from './inline-image.ts'
import classes from './rich-text.module.css'

export interface RichTextHandle {
  focusStart: () => void
  /** Inserts HTML at the cursor. */
  insert: (html: string) => void
}

interface RichTextProps {
  label: string
  html: string
  onChange: (html: string) => void
  error?: string | undefined
  ref?: Ref<RichTextHandle>
  /** Images of the text. Without them, pasted images become no part of it. */
  images?: InlineImages & { insert: (files: readonly File[]) => readonly string[] }
  /** Pasted and dropped files that are no images. */
  onFiles?: (files: readonly File[]) => void
  /** Called for `/` at the start of a line, which is not inserted then. */
  onSlash?: () => void
  /** More buttons of the toolbar. */
  children?: ReactNode
  minHeight?: number
}

/** Editor of formatted text. Loaded with its library on demand: never import it from the first page. */
export function RichText({
  onSlash,
  label,
  html,
  onChange,
  error,
  ref,
  images,
  onFiles,
  children,
  ...size
}: RichTextProps) {
  const known = useRef(html)
  const latest = useRef({ onChange, images, onFiles, onSlash })
  useEffect(() => void (latest.current = { onChange, images, onFiles, onSlash }))
  const editor = useEditor({
    extensions: mailExtensions(images),
    content: html,
    injectNonce: styleNonce(),
    // The toolbar shows the formats at the cursor.
    shouldRerenderOnTransaction: true,
    editorProps: {
      attributes: { role: 'textbox', 'aria-multiline': 'true', 'aria-label': label, dir: 'auto' },
      // Left to the page: Ctrl+Enter sends, Escape closes.
      handleDOMEvents: {
        keydown: (_view, { key, ctrlKey, metaKey }) => key === 'Escape' || (key === 'Enter' && (ctrlKey || metaKey)),
      },
      handleTextInput: (view, from, to, typed) => {
        const { $from } = view.state.selection
        const isAtStart = from === to && $from.parentOffset === 0 && $from.parent.type.name === 'paragraph'
        if (typed !== '/' || !isAtStart || !latest.current.onSlash) return false
        latest.current.onSlash()
        return true
      },
      handlePaste: (_view, event) => take(event.clipboardData, undefined),
      handleDrop: (view, event, _slice, moved) =>
        !moved && take(event.dataTransfer, view.posAtCoords({ left: event.clientX, top: event.clientY })?.pos),
    },
    onUpdate: ({ editor: changed }) => {
      known.current = changed.getHTML()
      latest.current.onChange(known.current)
    },
  })

  /** Takes files. Text that comes with a picture of itself, as from Word, stays text. */
  function take(transfer: DataTransfer | null, at: number | undefined): boolean {
    const files = [...(transfer?.files ?? [])]
    const { images: shown, onFiles: attach } = latest.current
    if (files.length === 0 || transfer?.types.includes('text/plain')) return false
    const pictures = shown ? files.filter(({ type }) => IMAGE.test(type)) : []
    const others = files.filter((file) => !pictures.includes(file))
    if (others.length > 0) attach?.(others)
    if (!shown || pictures.length === 0) return others.length > 0 && attach !== undefined
    const nodes = shown
      .insert(pictures)
      .map((id, index) => ({ type: 'image', attrs: { src: `cid:${id}`, alt: pictures[index]!.name } }))
    const chain = editor.chain().focus()
    if (at === undefined) chain.insertContent(nodes).run()
    else chain.insertContentAt(at, nodes).run()
    return true
  }

  // Changes from outside, such as the version of another window.
  useEffect(() => {
    if (html === known.current) return
    known.current = html
    editor.commands.setContent(html, { emitUpdate: false })
  }, [editor, html])

  useEffect(() => images?.subscribe(() => removeUnknown(editor, images.sourceOf)), [editor, images])

  useImperativeHandle(
    ref,
    () => ({
      focusStart: () => void editor.commands.focus('start', { scrollIntoView: false }),
      insert: (more) => void editor.chain().focus().insertContent(more).run(),
    }),
    [editor],
  )
  return (
    <Input.Wrapper error={error} errorProps={{ role: 'alert' }}>
      <RichTextEditor
        editor={editor}
        labels={words.richText}
        classNames={classes}
        {...(error !== undefined && { 'data-error': true })}
      >
        <RichTextEditor.Toolbar>
          <RichTextEditor.ControlsGroup>
            <RichTextEditor.Bold />
            <RichTextEditor.Italic />
            <RichTextEditor.Link />
          </RichTextEditor.ControlsGroup>
          <RichTextEditor.ControlsGroup>
            <RichTextEditor.BulletList />
            <RichTextEditor.OrderedList />
            <RichTextEditor.Blockquote />
          </RichTextEditor.ControlsGroup>
          <RichTextEditor.ControlsGroup>
            <RichTextEditor.H2 />
            <RichTextEditor.CodeBlock />
            <RichTextEditor.ClearFormatting />
          </RichTextEditor.ControlsGroup>
          {children}
        </RichTextEditor.Toolbar>
        <RichTextEditor.Content style={{ '--least-height': `${size.minHeight ?? 140}px` }} />
      </RichTextEditor>
    </Input.Wrapper>
  )
}

/** Bitmaps that mail programs show. */
const IMAGE = /^image\/(?:png|jpeg|gif|webp|bmp)$/

/** Removes images whose file was removed or never uploaded. */
function removeUnknown(editor: Editor, sourceOf: InlineImages['sourceOf']): void {
  const gone: number[] = []
  editor.state.doc.descendants((node, at) => {
    if (node.type.name === 'image' && sourceOf(contentIdOf(node.attrs['src'])) === undefined) gone.push(at)
  })
  if (gone.length === 0) return
  const { tr } = editor.state
  for (const at of gone.toReversed()) tr.delete(at, at + 1)
  editor.view.dispatch(tr)
}
