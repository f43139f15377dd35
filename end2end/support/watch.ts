// What must not happen on any page of any test: a console message, an uncaught error, a content security policy
// report, a server error, a request to anybody else's host.
import type { BrowserContext, ConsoleMessage } from '@playwright/test';

export class Watch {
  readonly problems: string[] = [];
  private readonly expected: RegExp[] = [];

  constructor(private readonly origin: string) {}

  /** From now on, a problem that matches is part of the test. */
  allow(problem: RegExp): void {
    this.expected.push(problem);
  }

  async over(context: BrowserContext): Promise<void> {
    context.on('console', (message) => {
      if (!this.isRefusal(message)) this.note(`console ${message.type()}: ${message.text()} (${message.location().url})`);
    });
    context.on('weberror', (error) => this.note(`uncaught: ${error.error().stack ?? error.error().message}`));
    context.on('request', (request) => {
      if (request.url().startsWith('http') && new URL(request.url()).origin !== this.origin) this.note(`foreign request: ${request.url()}`);
    });
    context.on('response', (response) => {
      if (response.status() >= 500) this.note(`${response.status()} from ${response.request().method()} ${response.url()}`);
    });
    // Chromium prints most violations; the event also comes for those that a policy only reports.
    await context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => {
        console.error(`content security policy: ${event.violatedDirective} blocks ${event.blockedURI} in ${event.documentURI}`);
      });
    });
  }

  private note(problem: string): void {
    if (!this.expected.some((pattern) => pattern.test(problem))) this.problems.push(problem);
  }

  /** Chromium prints a line for each 4xx; a refused form is an answer, a missing file is not. */
  private isRefusal(message: ConsoleMessage): boolean {
    const isLoad = /^Failed to load resource: the server responded with a status of 4\d\d/.test(message.text());
    return isLoad && new URL(message.location().url).pathname.startsWith('/form/');
  }
}
