import { useEffect } from 'react'

/** Longer than a dialog takes to give the focus back by itself. */
const afterDialogMs = 30

/** Moves the focus to the page: for whoever works by keyboard, that is what just opened. */
export function focusContent(): void {
  document.getElementById('content')?.focus({ preventScroll: true })
}

/**
 * Moves the focus to an answer that took a while, for whoever waits where they asked. Whoever went on somewhere else, and may
 * be typing there, stays there.
 */
export function focusAnswer(answer: HTMLElement | null, asked: HTMLElement | null): void {
  if (isLost() || asked?.contains(document.activeElement) === true) answer?.focus()
}

/**
 * Gives the focus back when a dialog closes, also one that exists only while it is open: to what opened it, and where that
 * went away to the page. Without it the keyboard would begin again at the top of the window.
 */
export function useFocusBack(opened: boolean): void {
  useEffect(() => {
    if (!opened) return
    const opener = document.activeElement
    return () =>
      void setTimeout(() => {
        if (!isLost()) return
        if (opener instanceof HTMLElement && opener.isConnected) opener.focus({ preventScroll: true })
        if (isLost()) focusContent()
      }, afterDialogMs)
  }, [opened])
}

/**
 * A button that works for a while is disabled meanwhile, and browsers take the focus from what is disabled. From here on it
 * gets it back when it is done, unless somebody moved on.
 */
export function keepFocusOfBusy(): void {
  let held: Element | undefined
  document.addEventListener('focusin', ({ target }) => {
    held = target instanceof Element ? target : undefined
  })
  document.addEventListener('focusout', ({ target }) => {
    if (target === held && !held?.matches(':disabled')) held = undefined
  })
  new MutationObserver((changes) => {
    const isDone = changes.some(({ target }) => target === held && !held?.matches(':disabled'))
    if (isDone && isLost() && held instanceof HTMLElement) held.focus({ preventScroll: true })
  }).observe(document, { subtree: true, attributeFilter: ['disabled'] })
}

function isLost(): boolean {
  return document.activeElement === null || document.activeElement === document.body
}
