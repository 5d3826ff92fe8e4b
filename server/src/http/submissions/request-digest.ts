import { createHash } from 'node:crypto'
import type { z } from 'zod'
import type { AppliedCannedResponse } from './from-canned-response.ts'
import type { ChosenAttachment } from './known-attachments.ts'

/** Text and attachments as a request gives them. */
interface GivenContent {
  text?: string | undefined
  html?: string | undefined
  cannedResponse?: z.infer<typeof AppliedCannedResponse> | undefined
  attachments: readonly ChosenAttachment[]
}

/** True if Postkey completes it by what can change: a canned response, or attachments of a message. */
export function isCompleted({ cannedResponse, attachments }: GivenContent): boolean {
  return cannedResponse !== undefined || attachments.some((each) => 'attachmentId' in each)
}

/** Digest that is equal for repeated requests, whatever completed them. */
export function digestOf({ text, html, cannedResponse, attachments }: GivenContent): string {
  const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex')
  const files = attachments.map((each) => ('attachmentId' in each ? each : { ...each, content: sha256(each.content) }))
  const values = Object.entries(cannedResponse?.values ?? {}).toSorted(([one], [other]) => (one < other ? -1 : 1))
  return sha256(JSON.stringify([text, html, cannedResponse?.id, values, files]))
}
