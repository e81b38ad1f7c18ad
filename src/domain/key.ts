import { z } from 'zod'

/** The immutable name of a source, target or connection; no underscore, because Okta refuses it in URLs. */
export const keySchema = z
  .string()
  .regex(/^[a-z0-9-]{1,40}$/, 'use 1 to 40 small letters, digits and hyphens (this name can never change)')

/** `preview` never applies; `review` applies approved plans; `automatic` applies what no guard holds. */
export const modes = ['preview', 'review', 'automatic'] as const
