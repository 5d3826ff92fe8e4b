import { Image } from '@tiptap/extension-image'

/** Images of the edited text, by Content-ID. */
export interface InlineImages {
  /** Address for the browser; undefined for an unknown image. */
  sourceOf: (contentId: string) => string | undefined
  /** Calls back when addresses change, such as after an upload. */
  subscribe: (onChange: () => void) => () => void
}

/**
 * Image of a message by `cid:`. The text keeps that URL, and the editor shows the attachment. Images by other URLs are
 * not accepted: they would be loaded from elsewhere, here and by each recipient.
 */
export function inlineImage(images: InlineImages | undefined) {
  return Image.extend({
    inline: true,
    group: 'inline',
    parseHTML: () => [{ tag: 'img[src^="cid:"]' }],
    addNodeView() {
      return ({ node }) => {
        const dom = document.createElement('img')
        dom.alt = typeof node.attrs['alt'] === 'string' ? node.attrs['alt'] : ''
        const show = () => {
          const source = images?.sourceOf(contentIdOf(node.attrs['src']))
          if (source !== undefined && dom.src !== source) dom.src = source
        }
        show()
        const stop = images?.subscribe(show)
        return { dom, destroy: () => stop?.() }
      }
    },
  })
}

export function contentIdOf(source: unknown): string {
  return typeof source === 'string' ? source.replace(/^cid:/, '') : ''
}
