/**
 * A line without control characters and without invisible characters that change the display: line and paragraph
 * separators, and direction controls (UAX #9 §2), which can disguise a name. Names in right-to-left scripts need none of
 * them.
 */
export const SHOWN_AS_IT_IS = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]*$/u

const UNSHOWN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu

/** Replaces all characters that {@link SHOWN_AS_IT_IS} refuses, such as those that control a terminal. */
export function toShownText(text: string): string {
  return text.replaceAll(UNSHOWN, '\uFFFD')
}
