import { Button, Checkbox, CloseButton, FileButton, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { IconPaperclip } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import {
  deleteCannedResponsesIdAttachmentsAttachmentId,
  getCannedResponsesIdOptions,
  patchCannedResponsesId,
  postCannedResponses,
  postCannedResponsesIdAttachments,
  type CannedResponse,
} from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { useOnce } from '../../api/use-once.ts'
import { fieldFault } from '../../components/field-fault.ts'
import { FormActions } from '../../components/form-actions.tsx'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { RichText } from '../../components/rich-text/rich-text.tsx'
import { words } from '../../words/index.ts'
import { toFileName } from '../inbox/composer/attachment-list.ts'
import { sizeText } from '../inbox/composer/sizes.ts'
import { base64Of, mediaTypeOf } from '../inbox/composer/upload.ts'
import { PlaceholderHint } from './placeholder-hint.tsx'

const text = words.writing.canned

/** Form for a new canned response, or for a change. */
export function CannedResponseDialog({ id, onClose }: { id?: string; onClose: () => void }) {
  const stored = useQuery({
    ...getCannedResponsesIdOptions({ path: { id: id ?? '' } }),
    enabled: id !== undefined,
    gcTime: 0,
  })
  return (
    <Modal opened onClose={onClose} title={id === undefined ? text.addTitle : text.changeTitle} size="xl">
      {stored.error && <ProblemNotice error={stored.error} onRetry={() => void stored.refetch()} />}
      {id !== undefined && !stored.data && !stored.error && <LoadingRows rows={3} />}
      {(id === undefined || stored.data) && <CannedForm stored={stored.data} onClose={onClose} />}
    </Modal>
  )
}

function CannedForm({ stored, onClose }: { stored: CannedResponse | undefined; onClose: () => void }) {
  const [name, setName] = useState(stored?.name ?? '')
  const [folder, setFolder] = useState(stored?.folder ?? '')
  const [isShared, setShared] = useState(stored?.isShared ?? false)
  const [html, setHtml] = useState(stored?.html ?? '')
  /** As on the server. After a failure, the next attempt continues there, and adds no second response. */
  const [known, setKnown] = useState(stored)
  const [removed, setRemoved] = useState<readonly string[]>([])
  const [added, setAdded] = useState<readonly File[]>([])
  const refresh = useRefresh('canned-responses')
  const save = useOnce({
    mutationFn: async () => {
      const body = { name, folder, isShared, html }
      const { data } = known
        ? await patchCannedResponsesId({ path: { id: known.id }, body })
        : await postCannedResponses({ body })
      setKnown(data)
      const path = { id: data.id }
      for (const { id: attachmentId } of data.attachments.filter(({ id }) => removed.includes(id))) {
        await deleteCannedResponsesIdAttachmentsAttachmentId({ path: { ...path, attachmentId } })
      }
      for (const file of added) {
        const content = { name: toFileName(file), contentType: mediaTypeOf(file), content: await base64Of(file) }
        const { data: after } = await postCannedResponsesIdAttachments({ path, body: content })
        setKnown(after)
        setAdded((now) => now.filter((each) => each !== file))
      }
    },
    onSuccess: onClose,
    // Also after a failure: the text may be stored, and a file not.
    onSettled: refresh,
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <Stack gap="sm">
        {save.error && <ProblemNotice error={save.error} />}
        <TextInput
          label={text.name}
          required
          maxLength={200}
          value={name}
          error={fieldFault(save.error, 'name')}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        <TextInput
          label={text.folder}
          description={text.folderHint}
          maxLength={200}
          value={folder}
          error={fieldFault(save.error, 'folder')}
          onChange={({ currentTarget }) => setFolder(currentTarget.value)}
        />
        <div>
          <RichText label={text.text} html={html} onChange={setHtml} error={fieldFault(save.error, 'html')} />
          <PlaceholderHint />
        </div>
        {known?.attachments
          .filter(({ id }) => !removed.includes(id))
          .map((each) => (
            <FileLine key={each.id} {...each} onRemove={() => setRemoved([...removed, each.id])} />
          ))}
        {added.map((file, at) => (
          <FileLine
            key={at}
            name={file.name}
            sizeBytes={file.size}
            onRemove={() => setAdded(added.filter((one) => one !== file))}
          />
        ))}
        <Group gap="sm">
          <FileButton multiple onChange={(files) => setAdded([...added, ...files])}>
            {(props) => (
              <Button {...props} size="xs" variant="default" leftSection={<IconPaperclip size={14} aria-hidden />}>
                {words.composer.attachments.attach}
              </Button>
            )}
          </FileButton>
          <Text size="xs" c="dimmed">
            {text.filesHint}
          </Text>
        </Group>
        <Checkbox
          label={text.share}
          description={text.shareHint}
          checked={isShared}
          onChange={({ currentTarget }) => setShared(currentTarget.checked)}
        />
        <FormActions submit={text.save} isPending={save.isPending} onCancel={onClose} />
      </Stack>
    </form>
  )
}

function FileLine({ name, sizeBytes, onRemove }: { name: string; sizeBytes: number; onRemove: () => void }) {
  return (
    <Group gap="xs" wrap="nowrap">
      <IconPaperclip size={14} aria-hidden />
      <Text size="sm" truncate>
        {name}
      </Text>
      <Text size="sm" c="dimmed">
        {sizeText(sizeBytes)}
      </Text>
      <CloseButton size={24} iconSize={14} aria-label={words.composer.attachments.remove(name)} onClick={onRemove} />
    </Group>
  )
}
