import type { Page } from 'playwright-core'

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
