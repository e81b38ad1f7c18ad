import { z } from 'zod'
import { keySchema } from '../../../domain/key.ts'
import { field } from '../../kit/field.ts'

export const config = z.strictObject({
  directory: field(keySchema, {
    label: 'Built-in directory',
    help: 'Name of the source of type local whose people and groups this target keeps. A connection cannot read from the directory it fills.',
    group: 'Directory',
    aliases: ['Local directory'],
  }),
})

export type LocalTargetConfig = z.output<typeof config>
