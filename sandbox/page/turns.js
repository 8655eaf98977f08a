/** Asking anew whenever something changed, so that no old answer ever replaces a newer one. */

/** The same as `ask`, run in turn: who asks while it runs makes it run once more. */
export function inTurn(ask) {
  let running = null;
  let again = false;
  async function run() {
    try {
      while (again) {
        again = false;
        await ask();
      }
    } finally {
      running = null;
    }
  }
  return () => {
    again = true;
    running ??= run();
    return running;
  };
}
