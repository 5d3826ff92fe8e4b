import { Link } from '@mantine/tiptap'
import StarterKit from '@tiptap/starter-kit'
import { inlineImage, type InlineImages } from './inline-image.ts'

/** Formats of mail: everything that the sanitizer of the server keeps, and nothing else. */
export function mailExtensions(images: InlineImages | undefined) {
  return [
    StarterKit.configure({ heading: { levels: [1, 2, 3] }, link: false }),
    Link.configure({ openOnClick: false, protocols: ['mailto', 'tel'], defaultProtocol: 'https' }),
    inlineImage(images),
  ]
}
