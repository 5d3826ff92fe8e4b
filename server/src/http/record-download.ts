import type { AuditContent } from '../audit/index.ts'
import { toActor, type PersonCaller, type ProgramCaller } from './caller.ts'
import type { Rooms } from './rooms.ts'

type DownloadAction = 'message.source_downloaded' | 'message.attachments_downloaded' | 'conversation.exported'

/** Records who downloads what, before the first byte: without an entry, there is no download. */
export async function recordDownload(
  { people: { audit }, database }: Pick<Rooms, 'people' | 'database'>,
  caller: PersonCaller | ProgramCaller,
  download: AuditContent<DownloadAction> & { subject: string },
): Promise<void> {
  await audit.record(database.db, { actor: toActor(caller), ...download })
}
