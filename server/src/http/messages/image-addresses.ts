import type { StoredAttachment } from '../../conversations/index.ts'
import { isImage } from '../attachments/get-image.ts'

/** Addresses of a message's own images, by Content-ID. */
export function imageAddresses(attachments: readonly StoredAttachment[]): ReadonlyMap<string, string> {
  return new Map(
    attachments
      .filter((one) => one.contentId !== undefined && isImage(one))
      .map(({ id: attachment, contentId }) => [contentId!, `/v1/attachments/${attachment}/image`]),
  )
}
