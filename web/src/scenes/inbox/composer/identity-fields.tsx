import { Checkbox, NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { getEmailAccountsIdIdentitiesOptions, type EmailAccount } from '../../../api/client.ts'
import { words } from '../../../words/index.ts'
import classes from './composer.module.css'
import { written } from './recipients.ts'
import { withIdentity, type ComposerContent } from './composer-content.ts'
import type { Signature } from './message-parts.ts'
import { signaturesOf, useAgent } from './signatures.ts'

interface IdentityProps {
  accountId: string
  writing: ComposerContent
  onEdit: (change: Partial<ComposerContent>) => void
}

const text = words.composer

function useIdentities(accountId: string) {
  const { data } = useQuery(getEmailAccountsIdIdentitiesOptions({ path: { id: accountId } }))
  return data?.identities ?? []
}

/** Sender names of the mailbox, and whether there is a choice; none until they are loaded. */
export function useNames(accountId: string, account: EmailAccount | undefined, identityId: string | undefined) {
  const identities = useIdentities(accountId)
  const usual = identities.find(({ isDefault }) => isDefault)
  const isGone = identities.length > 0 && identityId !== undefined && !identities.some(({ id }) => id === identityId)
  const isPlain = identities.length < 2 && usual?.name === account?.name && usual?.address === account?.address
  return { identities, usual, isGone, isOpen: identities.length > 0 && (!isPlain || isGone) }
}

/**
 * Sender name of the message, if there are several or it differs from the account's name. A change also changes the
 * signature.
 */
export function IdentityField({
  label,
  account,
  children,
  accountId,
  writing: { identityId },
  onEdit,
}: IdentityProps & {
  label: string
  account: EmailAccount | undefined
  /** Shown when there is no choice. */
  children?: ReactNode
}) {
  const { identities, usual, isGone, isOpen } = useNames(accountId, account, identityId)
  const agent = useAgent()
  if (!isOpen) return children
  return (
    <NativeSelect
      label={label}
      classNames={{ root: classes.row }}
      value={isGone ? '' : (identityId ?? usual?.id ?? '')}
      error={isGone && text.nameGone}
      onChange={({ currentTarget: { value } }) => {
        const chosen = identities.find(({ id }) => id === value)
        if (chosen) onEdit(withIdentity(chosen, agent))
      }}
      data={[
        ...(isGone ? [{ value: '', label: '' }] : []),
        ...identities.map(({ id, name, address }) => ({ value: id, label: written({ name, address }) })),
      ]}
    />
  )
}

/** Signature of the message: the agent's own, that of the sender name, or none. */
export function SignatureField({ accountId, writing: { identityId, signature }, onEdit }: IdentityProps) {
  const identities = useIdentities(accountId)
  const agent = useAgent()
  const identity = identities.find(({ id, isDefault }) => (identityId === undefined ? isDefault : id === identityId))
  const { own, ofName } = identity ? signaturesOf(identity, agent) : {}
  const usual = own ?? ofName
  if (!usual && !signature) return undefined
  const chosen = signature && (isSame(signature, own) ? 'own' : isSame(signature, ofName) ? 'name' : 'kept')
  const choices = { own, name: ofName, kept: signature }
  const offered = (['own', 'name', ...(chosen === 'kept' ? (['kept'] as const) : [])] as const).filter(
    (name) => choices[name] !== undefined,
  )
  return (
    <div>
      {offered.length < 2 ? (
        <Checkbox
          label={text.signature.include}
          checked={signature !== undefined}
          onChange={({ currentTarget }) => onEdit({ signature: currentTarget.checked ? usual : undefined })}
        />
      ) : (
        <NativeSelect
          label={text.signature.shown}
          classNames={{ root: classes.row }}
          value={chosen ?? ''}
          onChange={({ currentTarget: { value } }) =>
            onEdit({ signature: value === '' ? undefined : choices[value as keyof typeof choices] })
          }
          data={[
            ...offered.map((name) => ({ value: name, label: text.signature.choices[name] })),
            { value: '', label: text.signature.choices.none },
          ]}
        />
      )}
      {signature && (
        <blockquote className={classes.quoted} aria-label={text.signature.shown} dir="auto">
          {signature.text}
        </blockquote>
      )}
    </div>
  )
}

function isSame(one: Signature, other: Signature | undefined): boolean {
  return one.html === other?.html || one.text === other?.text
}
