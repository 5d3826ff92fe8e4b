import { isFieldAwaited } from './awaited-field.ts'

const NOT_FOR_TEXT = new Set(['button', 'checkbox', 'color', 'file', 'image', 'radio', 'range', 'reset', 'submit'])

/** `true` when another element uses the keys: a field, a menu, a dialog. */
export function isKeyTaken(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.isComposing) return true
  if (isFieldAwaited() || document.querySelector('[aria-modal="true"]')) return true
  const { target } = event
  if (!(target instanceof HTMLElement)) return false
  if (target instanceof HTMLInputElement) return !NOT_FOR_TEXT.has(target.type)
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true
  return target.isContentEditable || target.closest('[role="menu"],[role="listbox"],[role="textbox"]') !== null
}

/** Keys pressed in a message's frame reach only that frame; this forwards them to the page. */
export function passOnKeys(frame: Document): void {
  frame.addEventListener('keydown', (pressed) => {
    const { key, code, ctrlKey, metaKey, altKey, shiftKey } = pressed
    const copy = new KeyboardEvent('keydown', { key, code, ctrlKey, metaKey, altKey, shiftKey, cancelable: true })
    if (!document.dispatchEvent(copy)) pressed.preventDefault()
  })
}
