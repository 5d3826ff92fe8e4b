import { Checkbox, Modal, NativeSelect, Stack, Textarea, TextInput } from '@mantine/core'
import { showNotice } from '../../../components/show-notice.ts'
import { useState } from 'react'
import {
  patchEmailAccountsIdIdentitiesIdentityId,
  postEmailAccountsIdIdentities,
  type EmailAccount,
  type Identity,
} from '../../../api/client.ts'
import { useRefresh } from '../../../api/refresh.ts'
import { useOnce } from '../../../api/use-once.ts'
import { fieldFault } from '../../../components/field-fault.ts'
import { FormActions } from '../../../components/form-actions.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { words } from '../../../words/index.ts'
import { PlaceholderHint } from '../../writing/placeholder-hint.tsx'

const text = words.senderNames.form

interface NameDialogProps {
  account: EmailAccount
  /** Absent for a new one. */
  identity?: Identity
  onClose: () => void
}

export function NameDialog({ account, identity, onClose }: NameDialogProps) {
  const [name, setName] = useState(identity?.name ?? account.name)
  const [address, setAddress] = useState(identity?.address ?? account.address)
  const [replyTo, setReplyTo] = useState(identity?.replyTo?.address ?? '')
  const [signature, setSignature] = useState(identity?.signature ?? { text: '', html: '' })
  const [isDefault, setDefault] = useState(identity?.isDefault ?? false)
  const refresh = useRefresh('email-accounts')
  const save = useOnce({
    mutationFn: async () => {
      const body = {
        ...{ name, address, signature, isDefault },
        replyTo: replyTo.trim() === '' ? null : { name: '', address: replyTo.trim() },
      }
      const path = { id: account.id }
      if (!identity) return postEmailAccountsIdIdentities({ path, body })
      return patchEmailAccountsIdIdentitiesIdentityId({ path: { ...path, identityId: identity.id }, body })
    },
    onSuccess: async () => {
      showNotice({ message: text.saved })
      onClose()
      await refresh()
    },
  })
  return (
    <Modal opened onClose={onClose} title={identity ? text.change(identity.name) : text.add} size="lg">
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
            description={text.nameHint}
            required
            maxLength={200}
            value={name}
            error={fieldFault(save.error, 'name')}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
          />
          <NativeSelect
            label={text.address}
            description={text.addressHint}
            value={address}
            data={[account.address, ...account.aliases.map((alias) => alias.address)]}
            onChange={({ currentTarget }) => setAddress(currentTarget.value)}
          />
          <TextInput
            label={text.replyTo}
            description={text.replyToHint}
            type="email"
            value={replyTo}
            error={fieldFault(save.error, 'replyTo')}
            onChange={({ currentTarget }) => setReplyTo(currentTarget.value)}
          />
          <Textarea
            label={text.signature}
            description={text.signatureHint}
            autosize
            minRows={3}
            maxRows={8}
            dir="auto"
            value={signature.text}
            // HTML generated from the text is generated again.
            onChange={({ currentTarget }) => setSignature({ text: currentTarget.value, html: '' })}
          />
          <Textarea
            label={text.html}
            description={text.htmlHint}
            autosize
            minRows={2}
            maxRows={8}
            spellCheck={false}
            value={signature.html}
            onChange={({ currentTarget }) => setSignature({ ...signature, html: currentTarget.value })}
          />
          <PlaceholderHint only={['agent.name', 'agent.first_name', 'mailbox.name', 'mailbox.address']} />
          <Checkbox
            label={text.isDefault}
            checked={isDefault}
            onChange={({ currentTarget }) => setDefault(currentTarget.checked)}
          />
          <FormActions submit={text.save} isPending={save.isPending} onCancel={onClose} />
        </Stack>
      </form>
    </Modal>
  )
}
