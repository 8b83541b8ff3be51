import type { IncomingMessage, ServerResponse } from 'node:http';
import { implement, ORPCError } from '@orpc/server';
import { RPCHandler } from '@orpc/server/ws';
import type { Catalogue } from '../../domain/catalogue/catalogue.ts';
import type { SetupForm } from '../../domain/device/setup-field.ts';
import type { CaptureCode } from '../../main/contract/camera.ts';
import { contract, type KeypadKey } from '../../main/contract/contract.ts';
import type { CodeView } from '../../main/contract/code-view.ts';
import type {
  EnterAnswer,
  Entering,
  ServiceView,
  UnlockAnswer,
} from '../../main/contract/service-view.ts';
import type { MaterialView, SessionView } from '../../main/contract/session-view.ts';
import type { TerminalView } from '../../main/contract/shapes.ts';
import { Keys, Latest } from './fake-streams.ts';
import { Line } from './line.ts';
import { servePage } from './page-files.ts';

/** One call of the page, as it came over the wire. */
export interface Call {
  readonly path: string;
  readonly input: unknown;
}

/** A picture of the document camera, as it came in. */
export interface Capture {
  readonly path: string;
  readonly type: string | undefined;
  readonly bytes: Uint8Array;
}

/**
 * What the script answers to calls: it changes what is shown, or throws an ORPCError. One that gives a promise
 * answers when that settles.
 */
export type Script = (call: Call, core: FakeCore) => unknown;

/** The far end of the page's wire: the real contract over the real transport, with scripted answers. */
export class FakeCore {
  readonly calls: Call[] = [];
  /** Pictures of the document camera that came in. */
  readonly captures: Capture[] = [];
  /** What the core answers to them. */
  captureCode: CaptureCode = 'taken';
  readonly catalogue: Catalogue;
  script: Script = () => undefined;
  readonly #terminal: Latest<TerminalView>;
  readonly #session: Latest<SessionView | null>;
  /** What the next PIN is worth. */
  enterAnswer: EnterAnswer = { is: 'right' };
  /** How devices are set up. */
  forms: Readonly<Record<string, SetupForm>> = {};
  /** Whether a device that was typed is right. */
  saves = true;
  /** What the next unlock code is worth. */
  unlockAnswer: UnlockAnswer = { is: 'unlocked' };
  readonly #service = new Latest<ServiceView | null>(null);
  readonly #entering = new Latest<Entering>('waiting');
  readonly #keys = new Keys();
  readonly #code = new Latest<CodeView | null>(null);
  readonly #line: Line;
  #deaf = false;

  constructor(terminal: TerminalView, catalogue: Catalogue, line = new Line()) {
    this.catalogue = catalogue;
    this.#line = line;
    this.#terminal = new Latest(terminal);
    this.#session = new Latest<SessionView | null>(null);
  }

  get url(): string {
    return this.#line.url;
  }

  get session(): SessionView | null {
    return this.#session.value;
  }

  get terminal(): TerminalView {
    return this.#terminal.value;
  }

  /** Shows a session; the revision goes up by itself. */
  show(session: SessionView | null): void {
    const revision = (this.#session.value?.revision ?? 0) + 1;
    this.#session.set(session === null ? null : { ...session, revision });
  }

  /** A key of the keypad goes down. */
  press(key: KeypadKey): void {
    this.#keys.push(key);
  }

  /** What the code scanner saw. */
  showCode(view: CodeView | null): void {
    this.#code.set(view);
  }

  showService(view: ServiceView | null): void {
    this.#service.set(view);
  }

  async *#wait(signal: AbortSignal | undefined): AsyncGenerator<Entering> {
    for await (const standing of this.#entering.watch(signal)) {
      yield standing;
      if (standing !== 'waiting') return;
    }
  }

  /** How it stands with a visitor who waits. */
  showEntering(standing: Entering): void {
    this.#entering.set(standing);
  }

  /** Changes a part of the running session. */
  change(part: Partial<SessionView>): void {
    if (this.session !== null) this.show({ ...this.session, ...part });
  }

  setTerminal(part: Partial<TerminalView>): void {
    this.#terminal.set({ ...this.terminal, ...part });
  }

  /** From now on nothing is answered, but the line stays open. */
  playDeaf(): void {
    this.#deaf = true;
  }

  called(path: string): readonly Call[] {
    return this.calls.filter((call) => call.path === path);
  }

  /** Starts serving; a second start takes the same port again, as a restarted core does. */
  start(): Promise<void> {
    this.#deaf = false;
    const handler = new RPCHandler(this.#router());
    return this.#line.open({
      answer: (request, response) => {
        const served =
          request.method === 'POST'
            ? this.#capture(request, response)
            : servePage(request, response);
        served.catch(() => response.writeHead(500).end());
      },
      hear: (socket) => {
        if (this.#deaf) return;
        handler.upgrade(socket, { context: {} }).catch(() => socket.terminate());
        const heard = socket.listeners('message');
        socket.removeAllListeners('message');
        socket.on('message', (...parts) => {
          if (this.#deaf) return;
          for (const listener of heard) listener.apply(socket, parts);
        });
      },
    });
  }

  /** As kill -9 of a core: every line is cut. */
  stop(): Promise<void> {
    return this.#line.cut();
  }

  /** Takes a picture in as the core does: a page more of its material, shown at once. */
  async #capture(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const path = request.url ?? '';
    const bytes = Buffer.concat(parts);
    this.captures.push({ path, type: request.headers['content-type'], bytes });
    const code = this.captureCode;
    if (code === 'taken') {
      const pageId = `captured-${String(this.captures.length)}`;
      const materials = this.session?.materials.map((material): MaterialView =>
        path === `/capture/${material.materialId}`
          ? {
              ...material,
              given: 'given',
              pages: [
                ...material.pages,
                { pageId, width: 744, height: 1052, source: 'camera', advice: [], aside: false },
              ],
            }
          : material,
      );
      if (materials !== undefined) this.change({ materials });
    }
    response.writeHead(code === 'taken' ? 200 : 409, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ code }));
  }

  #router() {
    const core = implement(contract);
    const heard =
      (path: string) =>
      async ({ input }: { readonly input?: unknown }): Promise<void> => {
        const call = { path, input };
        this.calls.push(call);
        await this.script(call, this);
      };
    const { session, materials, receipt, service } = core;
    return core.router({
      terminal: {
        watch: core.terminal.watch.handler(({ signal }) =>
          Promise.resolve(this.#terminal.watch(signal)),
        ),
        catalogue: core.terminal.catalogue.handler(() => this.catalogue),
      },
      session: {
        watch: session.watch.handler(({ signal }) => Promise.resolve(this.#session.watch(signal))),
        begin: session.begin.handler(heard('session.begin')),
        setLocale: session.setLocale.handler(heard('session.setLocale')),
        touch: session.touch.handler(heard('session.touch')),
        browse: session.browse.handler(heard('session.browse')),
        openService: session.openService.handler(heard('session.openService')),
        apply: session.apply.handler(heard('session.apply')),
        back: session.back.handler(heard('session.back')),
        end: session.end.handler(heard('session.end')),
        saveAnswers: session.saveAnswers.handler(heard('session.saveAnswers')),
        reclaim: session.reclaim.handler(heard('session.reclaim')),
        restoreAnswers: session.restoreAnswers.handler(heard('session.restoreAnswers')),
        dispute: session.dispute.handler(heard('session.dispute')),
        formDone: session.formDone.handler(heard('session.formDone')),
        materialsDone: session.materialsDone.handler(heard('session.materialsDone')),
        sign: session.sign.handler(heard('session.sign')),
        change: session.change.handler(heard('session.change')),
        submit: session.submit.handler(heard('session.submit')),
        another: session.another.handler(heard('session.another')),
      },
      camera: { report: core.camera.report.handler(heard('camera.report')) },
      materials: {
        scan: materials.scan.handler(heard('materials.scan')),
        phone: materials.phone.handler(heard('materials.phone')),
        phoneStop: materials.phoneStop.handler(heard('materials.phoneStop')),
        cancelScan: materials.cancelScan.handler(heard('materials.cancelScan')),
        removePage: materials.removePage.handler(heard('materials.removePage')),
        turnPage: materials.turnPage.handler(heard('materials.turnPage')),
        keepPage: materials.keepPage.handler(heard('materials.keepPage')),
        dropCard: materials.dropCard.handler(heard('materials.dropCard')),
        commit: materials.commit.handler(heard('materials.commit')),
      },
      receipt: {
        print: receipt.print.handler(heard('receipt.print')),
        printSheet: receipt.printSheet.handler(heard('receipt.printSheet')),
        verify: receipt.verify.handler(() => {
          throw new ORPCError('NOT_FOUND');
        }),
      },
      codes: {
        watch: core.codes.watch.handler(({ signal }) => Promise.resolve(this.#code.watch(signal))),
        typed: core.codes.typed.handler(heard('codes.typed')),
        look: core.codes.look.handler(heard('codes.look')),
        close: core.codes.close.handler(heard('codes.close')),
      },
      keypad: {
        keys: core.keypad.keys.handler(({ signal }) => Promise.resolve(this.#keys.stream(signal))),
      },
      help: { call: core.help.call.handler(heard('help.call')) },
      service: {
        enter: service.enter.handler(async ({ input }) => {
          await heard('service.enter')({ input });
          return this.enterAnswer;
        }),
        entering: service.entering.handler(({ signal }) => Promise.resolve(this.#wait(signal))),
        giveUp: service.giveUp.handler(async () => {
          await heard('service.giveUp')({});
          this.#entering.set('out');
        }),
        unlock: service.unlock.handler(async ({ input }) => {
          await heard('service.unlock')({ input });
          return this.unlockAnswer;
        }),
        watch: service.watch.handler(({ signal }) => Promise.resolve(this.#service.watch(signal))),
        leave: service.leave.handler(heard('service.leave')),
        test: service.test.handler(heard('service.test')),
        confirm: service.confirm.handler(heard('service.confirm')),
        detect: service.detect.handler(heard('service.detect')),
        assign: service.assign.handler(heard('service.assign')),
        remove: service.remove.handler(heard('service.remove')),
        forms: service.forms.handler(() => this.forms),
        saveDevice: service.saveDevice.handler(async ({ input }) => {
          await heard('service.saveDevice')({ input });
          return { saved: this.saves };
        }),
        forgetProblems: service.forgetProblems.handler(heard('service.forgetProblems')),
        rollBack: service.rollBack.handler(heard('service.rollBack')),
        exportSetup: service.exportSetup.handler(heard('service.exportSetup')),
        importSetup: service.importSetup.handler(heard('service.importSetup')),
        clearHelp: service.clearHelp.handler(heard('service.clearHelp')),
        reprint: service.reprint.handler(heard('service.reprint')),
        cancelReceipt: service.cancelReceipt.handler(heard('service.cancelReceipt')),
        confirmClock: service.confirmClock.handler(heard('service.confirmClock')),
        printSheet: service.printSheet.handler(heard('service.printSheet')),
      },
      technician: {
        devices: core.technician.devices.handler(() => ({})),
      },
    });
  }
}
