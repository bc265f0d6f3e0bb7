// What runs inside the page while it is measured: gaps between frames, tasks of more than 50 ms, frames in which a
// row of the viewport was missing or still empty, and how long a key took until it was painted.

/** Installed once in each page; `start` and `stop` are around what is measured. */
export function installProbe() {
  let gaps, tasks, holes, keys, running;
  const scroller = () => document.querySelector('.thing-scroll');

  /** Whether each pixel of the viewport lies in a row that says which thing it is. */
  function isFilled(node) {
    const end = Math.min(node.scrollTop + node.clientHeight, node.scrollHeight);
    const rows = [...node.querySelectorAll('.thing-row')].filter((row) => row.querySelector('a'))
      .map((row) => [parseFloat(row.style.top), parseFloat(row.style.top) + parseFloat(row.style.height)])
      .sort((a, b) => a[0] - b[0]);
    let covered = node.scrollTop;
    for (const [top, bottom] of rows) if (top <= covered && bottom > covered) covered = bottom;
    return covered >= end - 1;
  }

  function frames() {
    let last = performance.now();
    const tick = (now) => {
      if (!running) return;
      gaps.push(now - last);
      last = now;
      const node = scroller();
      if (node && !isFilled(node)) holes += 1;
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  }

  new PerformanceObserver((list) => list.getEntries().forEach((one) => tasks?.push(one.duration))).observe({ type: 'longtask' });
  new PerformanceObserver((list) => list.getEntries().forEach((one) => {
    if (/^(keydown|keypress|input)$/.test(one.name)) keys?.push(one.duration);
  })).observe({ type: 'event', durationThreshold: 16 });

  window.probe = {
    start() {
      [gaps, tasks, keys, holes, running] = [[], [], [], 0, true];
      frames();
    },
    async stop() {
      await new Promise((done) => { setTimeout(done, 300); }); // what observers tell late
      running = false;
      const found = { gaps, tasks, keys, holes };
      tasks = keys = undefined;
      return found;
    },
    /** Ms until all rows of the viewport say which thing they are, for as long as that may take. */
    async filled(limit) {
      const begun = performance.now();
      for (;;) {
        await new Promise(requestAnimationFrame);
        const took = performance.now() - begun;
        if (took > limit || isFilled(scroller())) return took;
      }
    },
  };
}
