import { randomUUID } from 'node:crypto'
import { isoTime } from '../../../platform/clock.ts'
import { type Answer, type Call, type Dialect, Refusal } from '../../server/call.ts'
import type { Variants } from '../variants.ts'

const titles: Readonly<Record<string, string>> = {
  'ADMIN-400-1': 'Invalid page cursor',
  'ADMIN-400-4': 'Invalid resource',
  'ADMIN-400-24': 'Invalid request body',
  'ADMIN-401-2': 'Unauthorized',
  'ADMIN-403-3': 'Not allowed to manage the org',
  'ADMIN-403-5': 'Not allowed to manage the group',
  'ADMIN-403-6': 'Not allowed to delete group with default-role attribute',
  'ADMIN-403-7': 'Not allowed to delete group which grants admin access to a product or org',
  'ADMIN-404-1': 'Unknown resource',
  'ADMIN-404-2': 'Organization not found',
  'ADMIN-404-3': 'Domain not found',
  'ADMIN-404-8': 'User not found',
  'ADMIN-404-10': 'Group not found',
  'ADMIN-409-3': 'License limit exceeded',
  'ADMIN-409-5': 'Group not empty',
  'ADMIN-409-28': 'Conflict',
  'ADMIN-429-1': 'Rate limit exceeded',
  'ADMIN-500-1': 'Internal error',
  'ADMIN-UAM-400-1': 'Bad Request',
  'ADMIN-UAM-400-2': 'Inactive user',
  'ADMIN-UAM-400-3': 'Invalid Role for Resource',
  'ADMIN-UAM-402-1': 'Payment Required',
  'ADMIN-UAM-404-1': 'Unknown Resource',
  'ADMIN-UAM-404-3': 'Group Not Found',
  'ADMIN-UAM-409-2': 'Resource Conflicts',
  'ADMIN-UAM-409-3': 'Product License Limit Exceeded',
  'ADMIN-UAM-415-1': 'Unsupported Media Type',
}

/** The application shape; the status is the middle number of the code. */
function adminError(code: string, detail?: string): Answer {
  const status = Number(/-(\d{3})-/.exec(code)?.[1] ?? 500)
  const title = titles[code] ?? 'Error'
  return {
    status,
    json: { errors: [{ id: randomUUID(), status: String(status), code, title, detail: detail ?? title }] },
  }
}

export function refuse(code: string, detail?: string): never {
  throw new Refusal(adminError(code, detail))
}

/** The shape the domains endpoints use for 403. */
export function forbiddenDomains(call: Call): Answer {
  const json = {
    timestamp: isoTime(call.at),
    status: 403,
    error: 'Forbidden',
    message: 'Forbidden',
    path: call.path.replace(/^\/admin/, ''),
    requestId: randomUUID(),
  }
  return { status: 403, json }
}

/**
 * The admin API's way of saying what every API must say. A 401 or 429 of v1 and of the workspaces comes from the
 * gateway in front; v2 documents the application shape for them - the gateway may well answer there too (a variant).
 */
export function adminDialect(variants: Variants): Dialect {
  const edge = (call: Call, status: number, message: string, code: string): Answer => {
    const isGateway = variants.is('orgEdgeBody', 'gateway') || /^\/admin\/v1\/|\/workspaces$/.test(call.path)
    return isGateway ? { status, json: { code: status, message } } : { ...adminError(code, message), status }
  }
  return {
    unauthorized: (call) => edge(call, 401, 'Unauthorized', 'ADMIN-401-2'),
    serverError: (status) =>
      status === 500 ? adminError('ADMIN-500-1') : { status, json: { code: status, message: 'Service unavailable' } },
    tooManyRequests: (call) => edge(call, 429, 'Too many requests', 'ADMIN-429-1'),
    reasonHeader: undefined,
    nearLimitHeader: undefined,
    resetTime: (instant) => isoTime(instant),
    sendsRetryAfter: () => variants.is('orgRetryAfter', 'present'),
  }
}
