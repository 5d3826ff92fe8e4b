import type { Attachment } from '../../../api/client.ts'

const IMAGES = /^image\/(?:png|jpeg|gif|webp|bmp)$/
/** Same limit as the server's for images. */
const MOST_BYTES = 25 * 1024 * 1024

/** Kind of preview; undefined for files that can only be downloaded. */
export function previewOf({
  kind,
  contentType,
  name,
  sizeBytes,
}: Pick<Attachment, 'kind' | 'contentType' | 'name' | 'sizeBytes'>): 'image' | 'pdf' | undefined {
  if (kind !== 'file' || sizeBytes > MOST_BYTES) return undefined
  if (IMAGES.test(contentType)) return 'image'
  // Many programs attach PDFs without their type.
  const isPdf = contentType === 'application/pdf' || (/octet-stream$/.test(contentType) && /\.pdf$/i.test(name))
  return isPdf ? 'pdf' : undefined
}
