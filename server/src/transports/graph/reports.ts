import type { RemoteMessage } from '../../mail/index.ts'
import type { Parser } from '../../mime/index.ts'

/**
 * Graph shows a bounce as a text for people. What it is about stands in a part of its source (RFC 3464), so that is
 * fetched of these few: without it nobody knows which message of ours it belongs to.
 */
export async function withReport(
  message: RemoteMessage,
  {
    fetchSource,
    parser,
  }: { fetchSource: (remoteId: string) => Promise<Buffer | undefined>; parser: Pick<Parser, 'parse'> },
): Promise<RemoteMessage> {
  if (message.marks?.automatic?.kind !== 'report') return message
  const source = await fetchSource(message.remoteId)
  if (!source) return message
  const { deliveryReport, readReceipt } = (await parser.parse(source)).marks
  return { ...message, marks: { ...message.marks, deliveryReport, readReceipt } }
}
