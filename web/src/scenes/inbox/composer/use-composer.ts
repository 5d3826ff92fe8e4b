import { showNotice } from '../../../components/show-notice.ts'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState, useSyncExternalStore } from 'react'
import {
  deleteDraftsId,
  deleteDraftsIdAttachmentsAttachmentId,
  getDraftsId,
  getEmailAccountsIdLimitsOptions,
  postDrafts,
  postDraftsIdForwardedAttachments,
  putDraftsId,
  type Draft,
} from '../../../api/client.ts'
import { noteOwnSave } from '../../../api/draft-saves.ts'
import { toProblem } from '../../../api/problem.ts'
import { useRefresh } from '../../../api/refresh.ts'
import { createGuard } from '../../../api/use-once.ts'
import { words } from '../../../words/index.ts'
import { createAttachmentList, newContentId, type AttachmentList } from './attachment-list.ts'
import { createDraft } from './create-draft.ts'
import { createDraftKeeper, forgetUnsaved, type DraftKeeper } from './draft-keeper.ts'
import { rememberAccount } from './last-email-account.ts'
import { comingAlong, justStarted, localDrafts } from './local-drafts.ts'
import { findIdentity, useOpenDraft } from './start-draft.ts'
import { useAgent } from './signatures.ts'
import { upload } from './upload.ts'
import { useSaveOnLeave } from './use-save-on-leave.ts'
import { toDraftContent, withIdentity, type ComposerContent } from './composer-content.ts'

/** State of the composer: the content, saved continuously, and its files. */
export function useComposer(draft: Draft) {
  const { id, emailAccountId } = draft
  const [{ keeper, list }] = useState(() => begin(draft))
  const { writing, keeping } = useSyncExternalStore(keeper.subscribe, keeper.now)
  const entries = useSyncExternalStore(list.subscribe, list.now)
  const { data: limits } = useQuery(getEmailAccountsIdLimitsOptions({ path: { id: emailAccountId } }))
  const openDraft = useOpenDraft()
  const agent = useAgent()
  const [guard] = useState(createGuard)
  useSaveOnLeave(id, keeper)
  // The list of drafts beside the composer follows each save, so its announcement is ignored. In a conflict, this may have
  // been the announcement of the other window: it has the version that this one wanted.
  const refreshDrafts = useRefresh('drafts')
  const hasNews = keeping.state === 'saved' || keeping.state === 'conflict'
  useEffect(() => {
    if (hasNews) void refreshDrafts()
    // The function is another one after each render, and does the same.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [hasNews])
  useEffect(() => {
    if (limits) list.setLimits(limits)
  }, [list, limits])

  const move = async (accountId: string): Promise<void> => {
    await keeper.stop()
    const { conversationId } = draft
    try {
      const { writing: now } = keeper.now()
      const identity = accountId === emailAccountId ? undefined : await findIdentity(accountId)
      const content = toDraftContent(identity ? { ...now, ...withIdentity(identity, agent) } : now)
      const body = { emailAccountId: accountId, content, ...(conversationId !== undefined && { conversationId }) }
      const isUntouched = justStarted.has(id) && !keeper.isCreated() && keeping.state !== 'gone'
      const next = isUntouched ? localDrafts.begin(body) : await createDraft(body)
      if (justStarted.has(id)) justStarted.add(next.id)
      justStarted.settle(id)
      forgetUnsaved(id)
      localDrafts.drop(id)
      if (keeper.isCreated()) void deleteDraftsId({ path: { id } }).catch(() => undefined)
      rememberAccount(accountId)
      await openDraft(next)
    } catch (error) {
      keeper.goOn()
      const { title, fix } = toProblem(error)
      showNotice({ color: 'red', title, message: fix, closeButtonProps: { 'aria-label': words.close } })
    }
  }
  return {
    ...{ writing, keeping, entries, limits, keeper, list, emailAccountId },
    /**
     * Moves the content to a new draft: for another mailbox, or because this one is gone. A second concurrent one would
     * be left behind.
     */
    moveTo: (accountId: string) => guard(() => move(accountId)),
    edit: (change: Partial<ComposerContent>) => {
      justStarted.settle(id)
      keeper.edit(change)
    },
    take: (whose: 'mine' | 'theirs') => {
      if (keeping.state === 'conflict') list.adopt(keeping.theirs.attachments)
      keeper.take(whose)
    },
    /** Uploads images for the text. @returns their Content-IDs */
    insertImages: (files: readonly File[]) => {
      justStarted.settle(id)
      return files.map((file) => {
        const contentId = newContentId()
        list.addInline(file, contentId)
        return contentId
      })
    },
    attach: (files: readonly File[]) => {
      justStarted.settle(id)
      list.add(files)
    },
  }
}

function begin({ id, ...draft }: Draft): { keeper: DraftKeeper; list: AttachmentList } {
  const path = { id }
  const load = async () => (await getDraftsId({ path })).data
  const save = async (content: Draft['content'], version: number): Promise<Draft> => {
    if (version > 0) {
      noteOwnSave(id, version + 1)
      return (await putDraftsId({ path, body: { content, version } })).data
    }
    const { emailAccountId, conversationId } = draft
    const body = { id, emailAccountId, content, ...(conversationId !== undefined && { conversationId }) }
    const { data: created } = await postDrafts({ body })
    localDrafts.created(id)
    return created
  }
  const keeper = createDraftKeeper({ id, ...draft }, { load, save })
  const list = createAttachmentList(draft.attachments, {
    upload: async (file, onProgress, contentId) => {
      await keeper.create()
      return upload(id, file, onProgress, contentId)
    },
    copy: async (messageId) => {
      await keeper.create()
      return (await postDraftsIdForwardedAttachments({ path, body: { messageId } })).data.attachments
    },
    detach: (attachmentId) => deleteDraftsIdAttachmentsAttachmentId({ path: { id, attachmentId } }),
    load: async () => (await load()).attachments,
  })
  const messageId = comingAlong.take(id)
  if (messageId !== undefined) list.addFrom(messageId)
  return { keeper, list }
}
