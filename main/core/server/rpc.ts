import { implement, onError, ORPCError } from '@orpc/server';
import { RPCHandler } from '@orpc/server/ws';
import { contract, type Assurance, type KeypadKey, type Role } from '../../contract/contract.ts';
import type { SessionView } from '../../contract/session-view.ts';
import type { TerminalView } from '../../contract/shapes.ts';
import type { Catalogue } from '../../../domain/catalogue/catalogue.ts';
import type { CoreCamera } from '../devices/contract.ts';
import type { CodeDesk } from '../codes/code-desk.ts';
import type { DurableCore } from '../durable.ts';
import type { Logger } from '../log/logger.ts';
import type { Latest } from '../session/latest.ts';
import { NotNow } from '../session/parts.ts';
import type { HelpCalls } from '../service/help-calls.ts';
import type { ServiceDesk, Visitor } from '../service/service-desk.ts';
import type { SessionService } from '../session/session.ts';

/** What the procedures work on. */
export interface RpcServices {
  readonly session: SessionService;
  readonly service: ServiceDesk;
  readonly camera: CoreCamera;
  readonly codes: CodeDesk;
  readonly help: HelpCalls;
  /** Keys as they are pressed, until the signal. */
  readonly keypad: (signal: AbortSignal | undefined) => AsyncIteratorObject<KeypadKey, void>;
  readonly terminal: Latest<TerminalView>;
  /** The catalogue of the running session, else the one a new session would use. */
  readonly catalogue: () => Catalogue | null;
  readonly verifyReceipt: DurableCore['verifyReceipt'];
  readonly deviceDetails: () => Readonly<Record<string, unknown>>;
  readonly log: Logger;
}

/** Who calls: one connection of the page. */
export interface RpcContext {
  /** Stands for the connection: who came in by a PIN came in on it alone. */
  readonly visitor: Visitor;
}

const LEVELS: readonly Assurance[] = ['L0', 'L1', 'L2', 'L3'];

/**
 * The page sends touches at most every few seconds; each step is one too. Looking on is none, nor what a page says by
 * itself, nor a visitor at the door: the citizen whose session runs is somebody else.
 */
const NO_TOUCH = new Set(['watch', 'catalogue', 'report', 'keys', 'enter', 'entering', 'giveUp']);

/** A step that cannot be done, in the contract's words. */
function inWords(error: unknown, view: SessionView | null): unknown {
  if (!(error instanceof NotNow)) return error;
  if (error.reason !== 'WRONG_STEP') return new ORPCError(error.reason);
  return new ORPCError('WRONG_STEP', { data: { step: view?.step ?? null } });
}

/** Every procedure of the contract, behind the one gate that asks for role and assurance. */
export function createRouter(services: RpcServices) {
  const { session, terminal, service, codes } = services;
  const os = implement(contract)
    .$context<RpcContext>()
    .use(async ({ context, procedure, path, next }) => {
      const { roles, assurance } = procedure['~orpc'].meta;
      const sure = LEVELS.indexOf(session.assurance) >= LEVELS.indexOf(assurance);
      const role: Role = service.roleOf(context.visitor) ?? 'citizen';
      // the page of staff is the citizen's page too: sessions are held meanwhile
      const may = roles.includes(role) || roles.includes('citizen');
      if (!may || !sure) throw new ORPCError('FORBIDDEN');
      if (!NO_TOUCH.has(path.at(-1) ?? '')) {
        if (role === 'citizen') session.touch();
        else service.touch(context.visitor);
      }
      try {
        return await next();
      } catch (error) {
        throw inWords(error, session.view.value);
      }
    });

  return os.router({
    terminal: {
      watch: os.terminal.watch.handler(({ signal }) => terminal.watch(signal)),
      catalogue: os.terminal.catalogue.handler(() => services.catalogue()),
    },
    session: {
      watch: os.session.watch.handler(({ signal }) => session.view.watch(signal)),
      begin: os.session.begin.handler(({ input }) => session.begin(input.locale)),
      setLocale: os.session.setLocale.handler(({ input }) => session.setLocale(input.locale)),
      touch: os.session.touch.handler(() => session.touch()),
      browse: os.session.browse.handler(() => session.browse()),
      openService: os.session.openService.handler(({ input }) =>
        session.openService(input.serviceId),
      ),
      apply: os.session.apply.handler(() => session.apply()),
      back: os.session.back.handler(({ input }) => session.back(input.from)),
      end: os.session.end.handler(() => session.end()),
      saveAnswers: os.session.saveAnswers.handler(({ input }) =>
        session.saveAnswers(input.answers),
      ),
      reclaim: os.session.reclaim.handler(({ input }) =>
        session.reclaim(input.submissionId, input.locale),
      ),
      restoreAnswers: os.session.restoreAnswers.handler(({ input }) =>
        session.restoreAnswers(input.serviceId, input.answers, input.submissionId),
      ),
      dispute: os.session.dispute.handler(({ input }) => session.dispute(input.field, input.value)),
      formDone: os.session.formDone.handler(() => session.formDone()),
      materialsDone: os.session.materialsDone.handler(() => session.materialsDone()),
      sign: os.session.sign.handler(({ input: { witnessName, ...input } }) =>
        session.sign({ ...input, ...(witnessName === undefined ? {} : { witnessName }) }),
      ),
      change: os.session.change.handler(({ input }) => session.change(input.step)),
      submit: os.session.submit.handler(() => session.submit()),
      another: os.session.another.handler(() => session.another()),
    },
    camera: {
      report: os.camera.report.handler(({ context, input }) =>
        services.camera.reported(context.visitor, input),
      ),
    },
    materials: {
      scan: os.materials.scan.handler(({ input }) => {
        const scanning = session.papers.scan(input.materialId, input.source, input.replaces);
        return Promise.race([scanning, Promise.resolve()]);
      }),
      phone: os.materials.phone.handler(({ input }) => {
        // as a scan: how it goes comes in the view
        const opening = session.papers.phone(input.materialId);
        return Promise.race([opening, Promise.resolve()]);
      }),
      phoneStop: os.materials.phoneStop.handler(() => session.papers.phoneStop()),
      cancelScan: os.materials.cancelScan.handler(() => session.papers.cancelScan()),
      removePage: os.materials.removePage.handler(({ input }) =>
        session.papers.onPage('remove', input.pageId),
      ),
      turnPage: os.materials.turnPage.handler(({ input }) => session.papers.turn(input.pageId)),
      keepPage: os.materials.keepPage.handler(({ input }) =>
        session.papers.onPage('keep', input.pageId),
      ),
      dropCard: os.materials.dropCard.handler(() => session.securityCards.drop()),
      commit: os.materials.commit.handler(({ input }) =>
        session.commit(input.materialId, input.committed),
      ),
    },
    receipt: {
      print: os.receipt.print.handler(() => session.receipts.printAgain()),
      printSheet: os.receipt.printSheet.handler(() => session.receipts.printSheet()),
      verify: os.receipt.verify.handler(({ input }) => services.verifyReceipt(input.text)),
    },
    codes: {
      watch: os.codes.watch.handler(({ signal }) => codes.view.watch(signal)),
      typed: os.codes.typed.handler(({ input }) => {
        if (!codes.typed(input.text)) throw new NotNow('DEVICE');
      }),
      look: os.codes.look.handler(() => {
        if (!codes.look()) throw new NotNow('DEVICE');
      }),
      close: os.codes.close.handler(() => codes.clear()),
    },
    keypad: {
      keys: os.keypad.keys.handler(({ signal }) => services.keypad(signal)),
    },
    help: {
      call: os.help.call.handler(() => services.help.call()),
    },
    service: {
      enter: os.service.enter.handler(({ context, input }) =>
        service.enter(context.visitor, input.role, input.pin),
      ),
      entering: os.service.entering.handler(({ context, signal }) =>
        service.entering(context.visitor, signal),
      ),
      giveUp: os.service.giveUp.handler(({ context }) => service.giveUp(context.visitor)),
      unlock: os.service.unlock.handler(({ input }) => service.unlock(input.role, input.code)),
      watch: os.service.watch.handler(({ signal }) => service.watch(signal)),
      leave: os.service.leave.handler(({ context }) => service.leave(context.visitor)),
      test: os.service.test.handler(({ input }) => service.test(input.device)),
      confirm: os.service.confirm.handler(({ input }) =>
        service.confirm(input.device, input.worked),
      ),
      detect: os.service.detect.handler(() => {
        service.setup.detect().catch(() => services.log.error('looking for devices failed'));
      }),
      assign: os.service.assign.handler(({ input }) => service.setup.assign(input.index)),
      remove: os.service.remove.handler(({ input }) => service.setup.remove(input.device)),
      forms: os.service.forms.handler(() => service.setup.forms()),
      saveDevice: os.service.saveDevice.handler(({ input }) =>
        service.setup.saveDevice(input.device, input.value),
      ),
      forgetProblems: os.service.forgetProblems.handler(() => service.setup.forgetProblems()),
      rollBack: os.service.rollBack.handler(({ input }) => service.setup.rollBack(input.version)),
      exportSetup: os.service.exportSetup.handler(() => service.setup.exportSetup()),
      importSetup: os.service.importSetup.handler(() => service.setup.importSetup()),
      clearHelp: os.service.clearHelp.handler(() => services.help.clear()),
      reprint: os.service.reprint.handler(({ input }) =>
        service.paper.reprint(input.receiptNumber),
      ),
      cancelReceipt: os.service.cancelReceipt.handler(({ input }) =>
        service.paper.cancel(input.receiptNumber),
      ),
      confirmClock: os.service.confirmClock.handler(({ input }) =>
        service.confirmClock(Date.parse(input.now)),
      ),
      printSheet: os.service.printSheet.handler(() => service.paper.printSheet()),
    },
    technician: {
      devices: os.technician.devices.handler(() => ({ ...services.deviceDetails() })),
    },
  });
}

/** The handler of a WebSocket connection. Bugs go to the log, never to the page. */
export function createRpcHandler(services: RpcServices): RPCHandler<RpcContext> {
  return new RPCHandler(createRouter(services), {
    interceptors: [
      onError((error) => {
        if (error instanceof ORPCError) return;
        const { name, stack } = error instanceof Error ? error : { name: 'unknown', stack: '' };
        services.log.error('a procedure ended with a bug', { bug: name, stack });
      }),
    ],
  });
}
