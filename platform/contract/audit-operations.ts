import type { Operation } from './operation.ts';

/** The audit chains of terminals. */
export const AUDIT_OPERATIONS: readonly Operation[] = [
  {
    id: 'auditPosition',
    method: 'post',
    path: '/v1/audit/positions',
    group: 'terminal',
    auth: 'terminal',
    summary:
      'Which of these places of its audit chain the platform holds: the highest. Asked when the terminal does not know the place that a heartbeat was answered with.',
    request: { shape: 'AuditQuestion' },
    status: 200,
    response: { shape: 'AuditHeld' },
    problems: ['malformed', 'unauthorised', 'revoked', 'slowDown'],
  },
  {
    id: 'auditEvents',
    method: 'post',
    path: '/v1/audit/events',
    group: 'terminal',
    auth: 'terminal',
    summary:
      'Takes the next events of an audit chain. 201 means: on the disk. What is held already is taken once. `offsetMismatch`: the event before the first one is not held; `hashMismatch`: they are no chain. A chain that branches off from what is held is kept beside it and shown on the console.',
    request: { shape: 'AuditBatch' },
    status: 201,
    response: { shape: 'AuditHeld' },
    problems: [
      'offsetMismatch',
      'hashMismatch',
      'malformed',
      'unauthorised',
      'revoked',
      'slowDown',
    ],
  },
];
