// What must not happen on any page of any test: a console message, an uncaught error, a content security policy
// report, a server error, a request to anybody else's host.
import type { BrowserContext, ConsoleMessage } from '@playwright/test';

export class Watch {
  private readonly notes: { problem: string; from?: string }[] = [];
  // Chromium tells what a sign-out cleared, and that a test was in a field before the page could put the cursor into one.
  private readonly expected: RegExp[] = [
    /^console info: Clear-Site-Data header on/,
    /^console info: Autofocus processing was blocked because a document already has a focused element/,
  ];
  private readonly refusedPages = new Set<string>();

  constructor(private readonly origin: string) {}

  /** A problem that matches is part of the test. */
  allow(problem: RegExp): void {
    this.expected.push(problem);
  }

  get problems(): string[] {
    return this.notes
      .filter(({ from }) => from === undefined || !this.refusedPages.has(from))
      .map(({ problem }) => problem)
      .filter((problem) => !this.expected.some((pattern) => pattern.test(problem)));
  }

  async over(context: BrowserContext): Promise<void> {
    context.on('console', (message) => {
      const { url } = message.location();
      const problem = `console ${message.type()}: ${message.text()} (${url})`;
      if (!isFailedLoad(message)) this.note(problem);
      // Chromium prints a line for each 4xx. A refused form or page is an answer, and so is that a session is over; a missing
      // file is not.
      else if (!/^\/(form\/|account\/state$)/.test(new URL(url).pathname)) this.notes.push({ problem, from: url });
    });
    context.on('weberror', (error) => this.note(`uncaught: ${error.error().stack || String(error.error())}`));
    context.on('request', (request) => {
      if (request.url().startsWith('http') && new URL(request.url()).origin !== this.origin) this.note(`foreign request: ${request.url()}`);
    });
    context.on('response', (response) => {
      if (response.status() >= 400 && response.request().isNavigationRequest()) this.refusedPages.add(response.url());
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
    this.notes.push({ problem });
  }
}

const isFailedLoad = (message: ConsoleMessage): boolean =>
  /^Failed to load resource: the server responded with a status of 4\d\d/.test(message.text());
