import { describe, expect, it } from 'vitest'
import { presetSecret, startPresetDouble } from '../../../../../test/doubles/preset-double.ts'
import { quickClock } from '../../../../../test/doubles/quick-clock.ts'
import { contextOn } from '../../../../../test/doubles/scim-target.ts'
import { Secret } from '../../../../platform/secret.ts'
import { rest } from '../index.ts'
import { type PresetName, presets } from './presets.ts'

const names = { login: (id: string) => `p${id}`, mail: (id: string) => `p${id}@a.example`, team: 'team' }

describe('a preset, on a server that answers as the vendor documents', () => {
  for (const preset of Object.keys(presets) as PresetName[]) {
    it(`${preset} tells people, who is inactive, and who is in which group`, async () => {
      const server = await startPresetDouble(preset, names)
      const settings = { preset, baseUrl: server.url, secret: new Secret(presetSecret), ...server.own }
      const source = rest.connect(rest.config.parse(settings), contextOn(quickClock(), []))
      const signal = AbortSignal.timeout(120_000)
      const people: string[] = []
      for await (const { items } of source.users(signal)) {
        people.push(...items.map(({ key, active, attributes }) => `${key} ${active} ${attributes.email}`))
      }
      expect(people).toEqual(['1 true p1@a.example', '2 true p2@a.example', '3 false p3@a.example'])
      const members: string[] = []
      for await (const { items } of source.groups(signal)) {
        for (const group of items) {
          for await (const page of source.members(group, signal))
            members.push(...page.items.map(({ key }) => `${group.name} ${key}`))
        }
      }
      expect(members).toEqual(preset === 'zitadel' ? [] : ['team 1', 'team 2'])
      await source.close()
      await server.close()
    })
  }
})
