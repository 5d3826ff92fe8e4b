/** Of this page: styles that are written while it runs carry it, and no others are taken. */
export function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''
}

/** What keeps the page from scrolling under a dialog writes a style too, and looks for its nonce under this name. */
export function announceStyleNonce(): void {
  Object.assign(globalThis, { __webpack_nonce__: styleNonce() })
}
