import { Radio, Stack } from '@mantine/core'
import { words } from '../../words/index.ts'
import type { Proof } from './registration-choice.ts'

const PROOFS: readonly Proof[] = ['secret', 'certificate']

/** Credential kind of the application. Some organizations forbid secrets. */
export function ProofChoice({ value, onChange }: { value: Proof; onChange: (value: Proof) => void }) {
  const { proof, proofs } = words.setup.register
  return (
    <Radio.Group label={proof} value={value} onChange={(next) => onChange(next)}>
      <Stack gap="xs" mt="xs">
        {PROOFS.map((each) => (
          <Radio key={each} value={each} label={proofs[each].name} description={proofs[each].when} />
        ))}
      </Stack>
    </Radio.Group>
  )
}
