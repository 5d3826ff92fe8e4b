import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { words } from '../../../words/index.ts'
import { lazyForm } from '../lazy-form.ts'
import { useDialogCode } from '../lazy-part.tsx'
import { useEver } from '../use-ever.ts'

const code = lazyForm('erasure', async () => (await import('../../erasure/erasure-dialog.tsx')).ErasureDialog)

/** Opens the erasure of a customer, for admins. */
export function EraseCustomer({ address }: { address: string }) {
  const [opened, dialog] = useDisclosure(false)
  const isWanted = useEver(opened)
  const Dialog = useDialogCode(code, { opened, onClose: dialog.close, enabled: isWanted })
  return (
    <>
      <Button size="compact-xs" variant="subtle" c="error" onClick={dialog.open} style={{ alignSelf: 'flex-start' }}>
        {words.customer.erase}
      </Button>
      {Dialog && <Dialog opened={opened} onClose={dialog.close} address={address} />}
    </>
  )
}
