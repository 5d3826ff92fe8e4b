import { ALL_FLAGS } from './flags.ts'
import { folderFrom, readUidState } from './folder-commands.ts'
import { lowerBound } from './sequence-set.ts'
import { SelectedFolder } from './selected-folder.ts'
import type { Command, Session } from './session.ts'

function select(session: Session, wire: string, readOnly: boolean): void {
  const { mailStore } = session.deps
  session.selected = undefined
  const { folder, path } = folderFrom(session, wire)
  const { uidValidity, uidNext } = readUidState(session, folder.id)
  const selected = new SelectedFolder(mailStore, { folderId: folder.id, path, readOnly })
  const unseen = mailStore.firstUnreadUid(folder.id)

  const { writer } = session
  writer.line(`* ${selected.uids.length} EXISTS`)
  writer.line('* 0 RECENT')
  writer.line(`* FLAGS (${ALL_FLAGS})`)
  writer.line(`* OK [PERMANENTFLAGS (${readOnly ? '' : ALL_FLAGS})] Permanent flags`)
  if (unseen !== undefined) {
    writer.line(`* OK [UNSEEN ${lowerBound(selected.uids, unseen) + 1}] Is the first unseen message`)
  }
  writer.line(`* OK [UIDVALIDITY ${uidValidity}] UIDVALIDITY value`)
  if (uidNext !== undefined) writer.line(`* OK [UIDNEXT ${uidNext}] The next unique identifier value`)
  session.selected = selected
}

export const selectCommands: Record<string, Command> = {
  SELECT: {
    state: 'signed-in',
    run(session, args) {
      const wire = args.astring()
      args.end()
      select(session, wire, false)
      return 'OK [READ-WRITE] SELECT completed.'
    },
  },
  EXAMINE: {
    state: 'signed-in',
    run(session, args) {
      const wire = args.astring()
      args.end()
      select(session, wire, true)
      return 'OK [READ-ONLY] EXAMINE completed.'
    },
  },
  CHECK: { state: 'selected', run: (_session, args) => (args.end(), 'OK CHECK completed.') },
  UNSELECT: {
    state: 'selected',
    run(session, args) {
      args.end()
      session.selected = undefined
      return 'OK UNSELECT completed.'
    },
  },
  CLOSE: {
    state: 'selected',
    run(session, args) {
      args.end()
      const { selected, deps } = session
      session.selected = undefined
      if (selected && !selected.readOnly) {
        for (const { key } of deps.mailStore.uidsOf(selected.folderId)) {
          if (deps.mailStore.imapEntry(key)?.isDeleted) deps.mailStore.remove(key)
        }
      }
      return 'OK CLOSE completed.'
    },
  },
}
