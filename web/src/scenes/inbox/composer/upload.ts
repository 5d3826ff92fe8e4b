import type { DraftAttachment } from '../../../api/client.ts'
import { toProblem } from '../../../api/problem.ts'
import { noticeSignedOut } from '../../../api/signed-out.ts'
import { toFileName } from './attachment-list.ts'

/** Attaches a file to a draft. Uses XMLHttpRequest, because `fetch` reports no upload progress. */
export async function upload(
  draftId: string,
  file: File,
  onProgress: (percent: number) => void,
  contentId?: string,
): Promise<DraftAttachment> {
  const body = JSON.stringify({
    name: toFileName(file),
    contentType: mediaTypeOf(file),
    content: await base64Of(file),
    ...(contentId !== undefined && { contentId, isInline: true }),
  })
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', `/v1/drafts/${encodeURIComponent(draftId)}/attachments`)
    request.setRequestHeader('content-type', 'application/json')
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? Math.floor((100 * loaded) / total) : 0)
    const fail = (error: unknown, response?: Response) => {
      const problem = toProblem(error, response)
      noticeSignedOut(problem)
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- Failures are problems everywhere here.
      reject(problem)
    }
    request.onerror = () => fail(undefined)
    request.onabort = () => fail(undefined)
    request.onload = () => {
      const answer = parsed(request.responseText)
      if (request.status === 201) resolve(answer as DraftAttachment)
      else fail(answer, new Response(null, { status: request.status }))
    }
    request.send(body)
  })
}

export function mediaTypeOf(file: File): string {
  return /^[\w.+-]{1,100}\/[\w.+-]{1,100}$/.exec(file.type)?.[0] ?? 'application/octet-stream'
}

export function base64Of(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve((reader.result as string).replace(/^[^,]*,/, ''))
    reader.onerror = () => reject(reader.error ?? new TypeError(`${file.name} cannot be read`))
    reader.readAsDataURL(file)
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
