import { Anchor, Checkbox, Code, Text } from '@mantine/core'
import { useLocalStorage } from '@mantine/hooks'
import type { WorkOrder } from '../../api/client.ts'
import { CopyButton } from '../../components/copy-button.tsx'
import { words } from '../../words/index.ts'
import classes from './setup.module.css'

/** Steps of a work order, each with a checkbox that this browser remembers. */
export function WorkOrderSteps({ order: { cloud, accountTypes, steps } }: { order: WorkOrder }) {
  const [ticked, setTicked] = useLocalStorage<number[]>({
    key: `work-order:${cloud.id}:${accountTypes}`,
    defaultValue: [],
    getInitialValueInEffect: false,
  })
  const text = words.setup.order
  const toggle = (index: number) =>
    setTicked(ticked.includes(index) ? ticked.filter((one) => one !== index) : [...ticked, index])
  return (
    <>
      <Text size="sm" c="dimmed" role="status">
        {text.ticked(ticked.length, steps.length)}
      </Text>
      <ol className={classes.lines}>
        {steps.map(({ text: line, copy }, index) => (
          <li key={line} className={classes.orderStep}>
            <Checkbox label={line} checked={ticked.includes(index)} onChange={() => toggle(index)} />
            {copy !== undefined && (
              <div className={classes.copied}>
                <Code className={classes.code}>
                  {copy === cloud.portal ? (
                    <Anchor href={copy} target="_blank" rel="noreferrer" inherit>
                      {copy}
                    </Anchor>
                  ) : (
                    copy
                  )}
                </Code>
                <CopyButton value={copy} what={text.step(index + 1)} />
              </div>
            )}
          </li>
        ))}
      </ol>
    </>
  )
}
