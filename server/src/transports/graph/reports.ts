import type { RemoteMessage } from '../../mail/index.ts'
import type { Parser } from '../../mime/index.ts'

/**
 * Adds the delivery report to a bounce. Graph returns only its text for people; the original message is named in a part
 * of the source (RFC 3464), so the source of these few messages is fetched. Without it, the bounce can't be linked.
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
