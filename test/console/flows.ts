import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'

/** How much somebody had to do: presses of a button, and fields that were filled in or chosen. */
export interface Effort {
  clicks: number
  fields: number
}

/** Works a page as a person does, by what is written on it, and counts. */
export function hands(page: Page) {
  const effort: Effort = { clicks: 0, fields: 0 }
  const main = () => page.getByRole('main')
  return {
    effort,
    async press(name: RegExp) {
      effort.clicks++
      await main().getByRole('button', { name }).first().click()
    },
    async inDialog(name: RegExp) {
      effort.clicks++
      await page.getByRole('dialog').getByRole('button', { name }).click()
    },
    /** Fields by the beginning of their label, as each is read out. */
    async fill(label: RegExp, value: string) {
      effort.fields++
      await main().getByRole('textbox', { name: label }).first().fill(value)
    },
    async choose(label: RegExp, option: string | RegExp) {
      effort.fields++
      await main().getByRole('combobox', { name: label }).first().click()
      await page.getByRole('option', { name: option }).first().click()
    },
    async sees(text: RegExp | string) {
      await main().getByText(text).first().waitFor()
    },
  }
}

/** More stops than a page has: whoever comes so far by Tab is caught somewhere. */
const mostStops = 250
const stopsOfOnePage = 60
const mostOptions = 50

/** Where the focus is, and whether anybody can see it there. A box of a field shows it by its border. */
const seen = `(() => {
  const at = document.activeElement
  if (at === null || at === document.body) return 'nowhere'
  const brand = document.createElement('i')
  brand.style.color = 'var(--brand)'
  document.body.append(brand)
  const colour = getComputedStyle(brand).color
  brand.remove()
  const shown = [at, at.nextElementSibling, at.parentElement].some((part) => {
    if (part === null) return false
    const { outlineStyle, outlineWidth, borderTopColor } = getComputedStyle(part)
    return (outlineStyle !== 'none' && outlineWidth !== '0px') || borderTopColor === colour
  })
  return shown ? 'seen' : 'unseen: ' + at.outerHTML.slice(0, 200)
})()`

async function elementOf(target: Locator) {
  await target.waitFor()
  const element = await target.elementHandle()
  if (element === null) throw new Error(`${target} went away.`)
  return element
}

/** Works a page with nothing but the keyboard, and counts as hands do. Every stop that is used must be seen. */
export function keyboard(page: Page) {
  const effort: Effort = { clicks: 0, fields: 0 }
  const main = () => page.getByRole('main')
  const key = (name: string) => page.keyboard.press(name)

  /** By Tab from wherever the focus is. */
  async function reach(target: Locator) {
    let element = await elementOf(target)
    for (let stop = 0; stop < mostStops; stop++) {
      const place = await element.evaluate((each) =>
        each.isConnected ? (each === each.ownerDocument.activeElement ? 'here' : 'elsewhere') : 'gone',
      )
      if (place === 'here') {
        // A border changes its colour over a moment.
        await expect.poll(() => page.evaluate(seen), { timeout: 60_000, interval: 20 }).toBe('seen')
        return
      }
      // A page that is drawn anew has another element of that name.
      if (place === 'gone' || stop % stopsOfOnePage === stopsOfOnePage - 1) element = await elementOf(target)
      if (place === 'elsewhere') await key('Tab')
    }
    throw new Error(`Tab never reaches ${target}; it is at ${await page.evaluate(seen)}.`)
  }

  return {
    effort,
    key,
    reach,
    async press(name: RegExp, within: Locator = main()) {
      effort.clicks++
      await reach(within.getByRole('button', { name, disabled: false }).first())
      await key('Enter')
    },
    async fill(label: RegExp, value: string) {
      effort.fields++
      await reach(main().getByRole('textbox', { name: label }).first())
      await key('Control+A')
      // All at once, as what is pasted arrives.
      await page.keyboard.insertText(value)
    },
    async choose(label: RegExp, option: string) {
      effort.fields++
      await reach(main().getByRole('combobox', { name: label }).first())
      await key('ArrowDown')
      await page.getByRole('option', { name: option, exact: true }).waitFor()
      for (let step = 0; step < mostOptions; step++) {
        if ((await page.evaluate("document.querySelector('[data-combobox-selected]')?.textContent")) === option) break
        await key('ArrowDown')
      }
      await key('Enter')
    },
    /** Where the focus is now, by its role or text: never nowhere. */
    where: () => page.evaluate(seen),
  }
}
