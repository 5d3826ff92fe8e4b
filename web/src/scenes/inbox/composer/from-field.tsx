import { NativeSelect, Text } from '@mantine/core'
import type { EmailAccount } from '../../../api/client.ts'
import { words } from '../../../words/index.ts'
import classes from './composer.module.css'
import { IdentityField, useNames } from './identity-fields.tsx'
import { written } from './recipients.ts'
import type { ComposerContent } from './composer-content.ts'

interface FromFieldProps {
  writing: ComposerContent
  onEdit: (change: Partial<ComposerContent>) => void
  accounts: readonly EmailAccount[]
  accountId: string
  /** Absent when it is fixed, as in a reply. */
  onChange?: (accountId: string) => void
  /** Reason why it can't be changed at the moment. */
  waitsFor?: string | undefined
}

/** Mailbox of the message: always shown, selectable while it is open. */
export function FromField({ accounts, accountId, onChange, waitsFor, ...writing }: FromFieldProps) {
  const { from, fromFixed, emailAccount } = words.composer
  const nameOf = ({ name, address }: EmailAccount) => written({ name, address })
  const account = accounts.find(({ id }) => id === accountId)
  const { isOpen } = useNames(accountId, account, writing.writing.identityId)
  if (!onChange || accounts.length < 2) {
    return (
      <IdentityField label={from} account={account} accountId={accountId} {...writing}>
        <div className={classes.row}>
          <span className={classes.label}>{from}</span>
          <Text size="sm" py={6} title={onChange ? undefined : fromFixed}>
            {account ? nameOf(account) : '…'}
          </Text>
        </div>
      </IdentityField>
    )
  }
  return (
    <>
      <NativeSelect
        // From shows the sender name below, if there are several.
        label={isOpen ? emailAccount : from}
        classNames={{ root: classes.row }}
        value={accountId}
        disabled={waitsFor !== undefined}
        description={waitsFor}
        inputWrapperOrder={['label', 'input', 'description']}
        onChange={({ currentTarget: { value } }) => {
          if (value !== accountId) onChange(value)
        }}
        data={accounts.map((each) => ({ value: each.id, label: nameOf(each) }))}
      />
      <IdentityField label={from} account={account} accountId={accountId} {...writing} />
    </>
  )
}
