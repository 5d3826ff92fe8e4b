import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { tintOf, TINTS } from './tint.ts'

const css = readFileSync('web/src/components/tint.module.css', 'utf8')
const pairs = [...css.matchAll(/light-dark\((#\w{6}), (#\w{6})\);\s+color: light-dark\((#\w{6}), (#\w{6})\)/g)]

describe('the tint of an address', () => {
  it('is one of those in the styles, and stays the same', () => {
    const tints = Array.from({ length: 500 }, (_, index) => tintOf(`person${index}@contoso.example`))

    expect([...new Set(tints)].sort()).toEqual(Array.from({ length: TINTS }, (_, index) => index))
    expect(tintOf('Kim@Contoso.example')).toBe(tintOf('kim@contoso.example'))
    expect(tintOf('kim@customer.example')).toBe(8)
  })

  it('has a contrast of at least 4.5 : 1, in light and dark', () => {
    expect(pairs).toHaveLength(TINTS)
    for (const [, light, dark, onLight, onDark] of pairs) {
      expect(contrast(light!, onLight!)).toBeGreaterThan(4.5)
      expect(contrast(dark!, onDark!)).toBeGreaterThan(4.5)
    }
  })
})

/** @see WCAG 2.2, relative luminance and contrast ratio */
function contrast(one: string, other: string): number {
  const [lighter, darker] = [luminance(one), luminance(other)].sort((a, b) => b - a)
  return (lighter! + 0.05) / (darker! + 0.05)
}

function luminance(color: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = parseInt(color.slice(at, at + 2), 16) / 255
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!
}
