import { z } from 'zod'
import { placeFields } from '../../kit/data-center/settings.ts'
import { field, secret } from '../../kit/field.ts'

const access = 'Access'
const read = 'What is read'

const { baseUrl, requestsAtOnce } = placeFields({ product: 'Crowd', example: 'https://crowd.example.com/crowd' })

export const config = z.strictObject({
  baseUrl,
  requestsAtOnce,
  application: field(z.string().min(1), {
    label: 'Application name',
    help: 'Made in Crowd under Applications, Add application, type Generic application; its Remote addresses must include this machine. It needs no right to change anything.',
    group: access,
    aliases: ['Crowd application', 'Client ID'],
  }),
  password: secret({
    label: 'Application password',
    help: 'The password of the application, not that of a person.',
    group: access,
    aliases: ['Password', 'Secret'],
  }),
  groups: field(z.boolean().default(true), {
    label: 'Read groups',
    help: 'Switch off when only people are wanted.',
    group: read,
  }),
  customAttributes: field(z.boolean().default(false), {
    label: 'Read custom attributes',
    help: 'Asks for every person by name, because lists of Crowd do not tell them: one call for each person.',
    group: read,
  }),
})

export type CrowdSourceConfig = z.output<typeof config>
