import { describe, expect, it } from 'vitest'
import { chooseSteps, STAGES, STEPS } from './steps.ts'

describe('choosing steps', () => {
  it('takes all of them unless told otherwise', () => {
    expect(chooseSteps([]).steps).toEqual(STEPS)
  })

  it('takes only quick ones for the fast loop, none of which needs a program beside npm', () => {
    const { steps } = chooseSteps(['--fast'])

    expect(steps.map(({ name }) => name).sort()).toEqual([
      'format',
      'glossary',
      'lint',
      'rooms',
      'types',
      'types-web',
      'unit',
    ])
    expect(steps.flatMap(({ needs }) => needs ?? [])).toEqual([])
  })

  it('comes to every step in the order of the stages', () => {
    const order = Object.keys(STAGES)
    const stages = STEPS.map(({ stage }) => order.indexOf(stage))

    expect(stages).toEqual([...stages].sort())
  })

  it('takes those named', () => {
    expect(chooseSteps(['unit', 'e2e']).steps.map(({ name }) => name)).toEqual(['unit', 'e2e'])
  })

  it('tells which names do not exist', () => {
    expect(chooseSteps(['unti'])).toEqual({ steps: [], unknown: ['unti'] })
  })
})
